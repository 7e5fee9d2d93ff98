import { newestFirst, one } from "../api/paging.ts";
import { datetime, id, integer, json, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import { ownedByUuid } from "../store/owned-by-customer.ts";
import { customersTable } from "./customers.ts";
import { dataSourcesTable } from "./data-sources.ts";
import { defineResource } from "./resource.ts";

export const contactsTable = recordTable(
  "contacts",
  {
    uuid: id("ChartMogul's identifier of the contact (`con_…`)."),
    customer_uuid: text("Customer of the contact; NULL for a contact without a customer."),
    customer_external_id: text("Identifier of the customer in the billing system."),
    data_source_uuid: text("Data source of the customer (`ds_…`)."),
    external_id: text("Identifier of the contact in the billing system.", { optional: true }),
    position: integer("Position among the customer's contacts, from 1."),
    first_name: text("First name."),
    last_name: text("Last name."),
    title: text("Job title at the customer."),
    email: text("E-mail address."),
    phone: text("Telephone number."),
    linked_in: text("Link to the LinkedIn profile."),
    twitter: text("Link to the Twitter profile."),
    notes: text("Notes on the contact."),
    last_seen: datetime("When the contact was last seen (UTC).", { optional: true }),
    custom: json("Custom attributes, as a JSON object."),
  },
  {
    description: "People who work for customers, and contacts without a customer.",
    key: ["uuid"],
    references: [
      { table: customersTable, columns: ["customer_uuid"] },
      { table: dataSourcesTable, columns: ["data_source_uuid"] },
    ],
    indexes: [["customer_uuid"], ["data_source_uuid"]],
  },
);

/** https://dev.chartmogul.com/reference/contacts/list */
export const contacts = defineResource({
  name: "contacts",
  listing: newestFirst("contacts", "entries"),
  detail: one((contact) => `contacts/${contact}`),
  table: contactsTable,
  ownedByCustomer: ownedByUuid,
});
