import { newestFirst, one } from "../api/paging.ts";
import { datetime, id, optional, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuidOrContact } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { defineResource } from "./resource.ts";

export const tasksTable = recordTable(
  "tasks",
  {
    uuid: id("ChartMogul's identifier of the task.", "task_uuid"),
    customer_uuid: text("Customer whom it is about; NULL for tasks that are about a contact."),
    associated_object: optional(text("`customer` or `contact`: what it is about, where ChartMogul says it.")),
    associated_object_uuid: optional(text("The customer or contact whom it is about.")),
    task_details: text("What is to be done."),
    assignee: text("E-mail address of the user who is to do it."),
    due_date: datetime("When it is due (UTC)."),
    completed_at: datetime("When it was done (UTC); NULL while it is open."),
    created_at: datetime("When it was made (UTC)."),
    updated_at: datetime("When it was last changed (UTC)."),
  },
  {
    description: "Things to do for customers and contacts.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    indexes: [["customer_uuid"], ["associated_object_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/tasks/list */
export const tasks = defineResource({
  name: "tasks",
  extract: newestFirst("tasks", "entries"),
  detail: one((task) => `tasks/${task}`),
  table: tasksTable,
  ownedByCustomer: ownedByUuidOrContact,
});
