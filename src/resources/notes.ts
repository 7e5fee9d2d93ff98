import { newerOr, newestFirst, one, oneOf } from "../api/paging.ts";
import { datetime, id, integer, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuidOrContact } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { defineResource } from "./resource.ts";

export const notesTable = recordTable(
  "notes",
  {
    uuid: id("ChartMogul's identifier of the note (`note_…`)."),
    customer_uuid: text("Customer that the note is about; NULL for notes on contacts."),
    associated_object: text(
      "`customer` or `contact`: what the note is about; NULL from the older endpoint `/customer_notes`.",
      { optional: true },
    ),
    associated_object_uuid: text("Customer or contact that the note is about.", { optional: true }),
    type: text("`note` or `call`."),
    text: text("Text of the note."),
    call_duration: integer("Length of the call in seconds; 0 for notes.", { unit: "seconds" }),
    author: text("Name and e-mail address of the user who wrote the note."),
    created_at: datetime("When the note was written (UTC)."),
    updated_at: datetime("When the note was last changed (UTC)."),
  },
  {
    description: "Notes and call logs on customers and contacts.",
    key: ["uuid"],
    references: [{ table: customersTable, columns: ["customer_uuid"] }],
    indexes: [["customer_uuid"], ["associated_object_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/notes-and-call-logs/list */
export const notes = defineResource({
  name: "notes",
  listing: newerOr(
    newestFirst("notes", "entries"),
    newestFirst("customer_notes", "entries"),
    (record) => typeof record === "object" && record !== null && "associated_object" in record,
  ),
  detail: oneOf(
    one((note) => `notes/${note}`),
    one((note) => `customer_notes/${note}`),
  ),
  table: notesTable,
  ownedByCustomer: ownedByUuidOrContact,
});
