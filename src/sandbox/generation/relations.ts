import type { Customer } from "../../api/records.ts";
import type { Contact, Note, Opportunity, Task } from "../customer-records.ts";
import { created } from "../stored.ts";
import { formatEmail, generatePerson } from "./customers.ts";
import type { NameParts } from "./name-parts.ts";
import type { Random } from "./random.ts";
import { dayLength, formatWithMilliseconds } from "./times.ts";

const staff = ["accounts@example.com", "sales@example.com", "care@example.net"] as const;

/** The customer that the records belong to, and the time range of their dates in milliseconds. */
export interface Relationship {
  customer: Customer;
  words: NameParts;
  since: number;
  now: number;
}

function momentIn(random: Random, { since, now }: Relationship): number {
  return since + Math.floor(random.fraction() * Math.max(0, now - since));
}

const momentOf = ({ since, now }: Relationship) => since + Math.floor((now - since) / 2);

/** True for every other uuid. It draws no random value, so what depends on it changes nothing else of an account. */
const isOdd = (uuid: string) => Number.parseInt(uuid.slice(0, 1), 16) % 2 === 1;

/** Gives `[created]`, `created_at` and `updated_at` of one moment. A third of the records were changed later. */
function stamps(random: Random, relationship: Relationship) {
  const at = momentIn(random, relationship);
  const changedAt = random.chance(0.33)
    ? Math.min(at + random.integer(1, 40) * dayLength, relationship.now)
    : at;
  return {
    [created]: at * 1000 + random.integer(0, 999),
    created_at: formatWithMilliseconds(at),
    updated_at: formatWithMilliseconds(changedAt),
  };
}

/** Generates a person at the customer. */
export function generateContact(random: Random, relationship: Relationship, position: number): Contact {
  const { customer, words } = relationship;
  const { first, last } = generatePerson(random, words);
  const known = (probability: number, text: string) => (random.chance(probability) ? text : null);
  return {
    [created]: momentIn(random, relationship) * 1000 + random.integer(0, 999),
    uuid: `con_${random.uuid()}`,
    customer_uuid: customer.uuid,
    customer_external_id: customer.external_id,
    data_source_uuid: customer.data_source_uuid,
    // The key is from 2026, so some contacts do not have it yet.
    ...(random.chance(0.7) ? { external_id: known(0.5, `P-${random.integer(1000, 999_999)}`) } : {}),
    position,
    first_name: known(0.95, first),
    last_name: known(0.9, last),
    title: known(0.6, random.pick(["Head gardener", "Bookkeeper", "Owner", "Operations lead"])),
    email: known(0.85, formatEmail(first, last, customer.id + position)),
    phone: known(0.4, `+1555${random.integer(1_000_000, 9_999_999)}`),
    linked_in: known(0.2, `https://social.example.com/in/${random.integer(1000, 99_999)}`),
    twitter: null,
    notes: known(0.2, "Prefers to be called before noon.\nAsks for paper invoices."),
    custom: random.chance(0.3) ? { decides: random.chance(0.5) } : {},
    ...(position === 1 ? { last_seen: formatWithMilliseconds(momentOf(relationship)) } : { last_seen: null }),
  };
}

/** Generates a note or a call log, on the customer or on one of its contacts. */
export function generateNote(random: Random, relationship: Relationship, contact: Contact | undefined): Note {
  const about = contact !== undefined && random.chance(0.3) ? contact : undefined;
  const isCall = random.chance(0.3);
  return {
    uuid: `note_${random.uuid()}`,
    customer_uuid: about === undefined ? relationship.customer.uuid : null,
    associated_object: about === undefined ? "customer" : "contact",
    associated_object_uuid: about?.uuid ?? relationship.customer.uuid,
    type: isCall ? "call" : "note",
    text: random.pick([
      "Wants to bring a second team on board after the summer.",
      "Asked how seats are counted.\nSent the price list.",
      "Happy with the new reports – may give a reference. 🌱",
      "Budget review in the next quarter; call again then.",
    ]),
    call_duration: isCall ? random.integer(30, 2400) : 0,
    author: `Robin Ashdown (${random.pick(staff)})`,
    ...stamps(random, relationship),
  };
}

/** Generates a possible sale. */
export function generateOpportunity(random: Random, relationship: Relationship): Opportunity {
  const [stage, category, likelihood] = random.pick([
    ["First talk", "pipeline", 20],
    ["Trial garden", "best_case", 50],
    ["Contract out", "committed", 85],
    ["Closed", "won", 100],
    ["Closed", "lost", 0],
  ] as const);
  const { currency } = relationship.customer;
  const closing = relationship.now + random.integer(-60, 90) * dayLength;
  return {
    uuid: random.uuid(),
    customer_uuid: relationship.customer.uuid,
    owner: random.pick(staff),
    pipeline: random.pick(["New gardens", "Growth"]),
    pipeline_stage: stage,
    estimated_close_date: formatWithMilliseconds(closing).slice(0, 10),
    currency,
    amount_in_cents: random.integer(2, 90) * (currency === "JPY" ? 1_500_000 : 10_000),
    type: random.pick(["recurring", "one-time"]),
    forecast_category: category,
    win_likelihood: likelihood,
    custom: random.chance(0.4) ? { fromFair: random.chance(0.5) } : {},
    ...stamps(random, relationship),
  };
}

/** Generates a task for the customer, or for one of its contacts. */
export function generateTask(random: Random, relationship: Relationship, contact: Contact | undefined): Task {
  const stamped = stamps(random, relationship);
  const dueAt = Date.parse(stamped.created_at) + random.integer(1, 30) * dayLength;
  const done = dueAt < relationship.now && random.chance(0.7);
  const taskUuid = random.uuid();
  const about = contact !== undefined && isOdd(taskUuid) ? contact : undefined;
  return {
    task_uuid: taskUuid,
    customer_uuid: about === undefined ? relationship.customer.uuid : null,
    associated_object: about === undefined ? "customer" : "contact",
    associated_object_uuid: about?.uuid ?? relationship.customer.uuid,
    task_details: random.pick([
      "Send the renewal offer",
      "Check the billing address",
      "Invite to the spring webinar",
    ]),
    assignee: random.pick(staff),
    due_date: `${formatWithMilliseconds(dueAt).slice(0, 10)}T00:00:00.000Z`,
    completed_at: done ? formatWithMilliseconds(dueAt - 3_600_000) : null,
    ...stamped,
  };
}
