import { newestFirst, one } from "../api/paging.ts";
import { datetime, id, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuidOrContact } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { defineResource } from "./resource.ts";

export const tasksTable = recordTable(
  "tasks",
  {
    uuid: id("ChartMogul's identifier of the task.", { from: "task_uuid" }),
    customer_uuid: text("Customer that the task is about; NULL for tasks about a contact."),
    associated_object: text(
      "`customer` or `contact`: what the task is about; NULL if ChartMogul does not say.",
      {
        optional: true,
      },
    ),
    associated_object_uuid: text("Customer or contact that the task is about.", { optional: true }),
    task_details: text("What is to be done."),
    assignee: text("E-mail address of the user who is responsible for the task."),
    due_date: datetime("When the task is due (UTC)."),
    completed_at: datetime("When the task was completed (UTC); NULL while it is open."),
    created_at: datetime("When the task was created (UTC)."),
    updated_at: datetime("When the task was last changed (UTC)."),
  },
  {
    description: "Tasks about customers and contacts.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    indexes: [["customer_uuid"], ["associated_object_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/tasks/list */
export const tasks = defineResource({
  name: "tasks",
  listing: newestFirst("tasks", "entries"),
  detail: one((task) => `tasks/${task}`),
  table: tasksTable,
  ownedByCustomer: ownedByUuidOrContact,
});
