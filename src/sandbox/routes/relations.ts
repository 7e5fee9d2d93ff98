import type { Contact, Note, Opportunity, Task } from "../customer-records.ts";
import { type Order, orderByCreation } from "../order.ts";
import { type Reply, replyJson, replyNotFound } from "../reply.ts";
import { replyWithPage } from "../reply-with-page.ts";
import type { World } from "../world.ts";
import { findCustomer, isReply } from "./customers.ts";
import { type ApiRequest, matches, type Route } from "./route.ts";

/** Describes a list that is newer than cursors: `entries`, never a deprecated key, one object by uuid. */
interface Relation<Row> {
  path: string;
  object: string;
  order: Order<Row>;
  rows(world: World): Row[];
  uuid(row: Row): string;
  passes(row: Row, query: URLSearchParams): boolean;
  show?(row: Row): unknown;
}

function routesOf<Row>(relation: Relation<Row>): Route[] {
  const show = relation.show ?? ((row: Row) => row);
  return [
    {
      path: relation.path,
      reply: ({ world, query }: ApiRequest): Reply =>
        replyWithPage(
          {
            key: "entries",
            rows: relation.rows(world),
            order: relation.order,
            keep: (row) => relation.passes(row, query),
            show,
          },
          query,
        ),
    },
    {
      path: `${relation.path}/:uuid`,
      reply({ world, uuid }: ApiRequest): Reply {
        const row = relation
          .rows(world)
          .find(
            (candidate) =>
              relation.uuid(candidate) === uuid && relation.passes(candidate, new URLSearchParams()),
          );
        return row === undefined ? replyNotFound(relation.object) : replyJson(show(row));
      },
    },
  ];
}

/** Dates compare as text: both bounds are days, and a time starts with its day. */
function isBetween(day: string, query: URLSearchParams, name: string): boolean {
  const first = query.get(`${name}_on_or_after`);
  const last = query.get(`${name}_on_or_before`);
  return (first === null || day >= first.slice(0, 10)) && (last === null || day <= last.slice(0, 10));
}

function passesNote(note: Note, query: URLSearchParams): boolean {
  const author = query.get("author_email");
  return (
    matches(query, "customer_uuid", note.customer_uuid) &&
    matches(query, "type", note.type) &&
    (author === null || note.author.includes(`(${author})`))
  );
}

const contacts: Relation<Contact> = {
  path: "/contacts",
  object: "Contact",
  order: orderByCreation("text", (contact) => contact.uuid),
  rows: (world) => world.contacts,
  uuid: (contact) => contact.uuid,
  passes: (contact, query) =>
    matches(query, "email", contact.email) &&
    matches(query, "customer_uuid", contact.customer_uuid) &&
    matches(query, "customer_external_id", contact.customer_external_id) &&
    matches(query, "external_id", contact.external_id) &&
    matches(query, "data_source_uuid", contact.data_source_uuid),
};

const notes: Relation<Note> = {
  path: "/notes",
  object: "Note",
  order: orderByCreation("text", (note) => note.uuid),
  rows: (world) => world.notes,
  uuid: (note) => note.uuid,
  passes(note, query) {
    const contact = note.associated_object === "contact" ? note.associated_object_uuid : null;
    return passesNote(note, query) && matches(query, "contact_uuid", contact);
  },
};

const customerNotes: Relation<Note> = {
  ...notes,
  path: "/customer_notes",
  // Notes of contacts are newer than this path, and none of its recordings has a null customer_uuid.
  passes: (note, query) => note.associated_object === "customer" && passesNote(note, query),
  show({ associated_object: _object, associated_object_uuid: _uuid, ...shown }) {
    return shown;
  },
};

const opportunities: Relation<Opportunity> = {
  path: "/opportunities",
  object: "Opportunity",
  order: orderByCreation("text", (opportunity) => opportunity.uuid),
  rows: (world) => world.opportunities,
  uuid: (opportunity) => opportunity.uuid,
  passes: (opportunity, query) =>
    matches(query, "customer_uuid", opportunity.customer_uuid) &&
    matches(query, "owner", opportunity.owner) &&
    matches(query, "pipeline", opportunity.pipeline) &&
    matches(query, "pipeline_stage", opportunity.pipeline_stage) &&
    isBetween(opportunity.estimated_close_date, query, "estimated_close_date"),
};

const tasks: Relation<Task> = {
  path: "/tasks",
  object: "Task",
  order: orderByCreation("text", (task) => task.task_uuid),
  rows: (world) => world.tasks,
  uuid: (task) => task.task_uuid,
  passes: (task, query) =>
    matches(query, "customer_uuid", task.customer_uuid) &&
    matches(
      query,
      "contact_uuid",
      task.associated_object === "contact" ? task.associated_object_uuid : null,
    ) &&
    matches(query, "assignee", task.assignee) &&
    matches(query, "completed", String(task.completed_at !== null)) &&
    isBetween(task.due_date.slice(0, 10), query, "due_date"),
};

/** The contacts of one customer. */
function replyWithContactsOf({ world, query, uuid }: ApiRequest): Reply {
  const customer = findCustomer(world, uuid);
  if (isReply(customer)) return customer;
  return replyWithPage(
    {
      key: "entries",
      rows: world.contacts,
      order: contacts.order,
      keep: (contact) => contact.customer_uuid === uuid,
    },
    query,
  );
}

/** Contacts, notes under both their paths, opportunities and tasks. */
export const relationRoutes: Route[] = [
  ...routesOf(contacts),
  { path: "/customers/:uuid/contacts", reply: replyWithContactsOf },
  ...routesOf(notes),
  ...routesOf(customerNotes),
  ...routesOf(opportunities),
  ...routesOf(tasks),
];
