import * as z from "zod";
import { one, pages } from "../api/paging.ts";
import * as column from "../schema/columns.ts";
import { cents, datetime, id, integer, json, name, parentKey, text } from "../schema/fields.ts";
import { recordTable } from "../schema/table.ts";
import type { OpenChangeLog } from "../store/change-log.ts";
import { logRecordChanges } from "../store/record-changes.ts";
import { attributeValues, readAttributes } from "./attributes.ts";
import { linkMerged } from "./merges.ts";
import { defineResource } from "./resource.ts";

export const customersTable = recordTable(
  "customers",
  {
    uuid: id("ChartMogul's identifier of the customer (`cus_…`)."),
    id: integer("ChartMogul's internal number of the customer; part of `chartmogul_url`."),
    external_id: text(
      "Identifier in the billing system; after a merge, the one of the primary record. Not unique.",
    ),
    name: text("Name of the customer."),
    email: text("E-mail address of the customer."),
    status: text(
      "`New Lead`, `Working Lead`, `Qualified Lead`, `Unqualified Lead`, `Active`, `Past Due` or `Cancelled`.",
    ),
    customer_since: datetime("When the customer first paid (UTC); NULL for leads.", {
      from: "customer-since",
      needed: true,
    }),
    data_source_uuid: text("Data source of the primary record (`ds_…`)."),
    data_source_uuids: json("All data sources of the customer, as a JSON list. It may repeat one."),
    external_ids: json("All identifiers in billing systems, as a JSON list; several after a merge."),
    company: text("Company name."),
    country: text("Country, as a two-letter code."),
    state: text("State, as a code."),
    city: text("City."),
    zip: text("Postal code."),
    lead_created_at: datetime("When the customer became a lead (UTC)."),
    free_trial_started_at: datetime("When the customer's free trial began (UTC)."),
    address_country: text("Name of the country.", { from: "address.country", optional: true }),
    address_state: text("Name of the state.", { from: "address.state", optional: true }),
    address_city: text("City of the address.", { from: "address.city", optional: true }),
    address_zip: text("Postal code of the address.", { from: "address.address_zip", optional: true }),
    mrr_in_cents: cents("Monthly recurring revenue now, in hundredths of the account's currency.", {
      from: "mrr",
      volatile: true,
    }),
    arr_in_cents: cents("ARR (12 times MRR) now, in hundredths of the account's currency.", {
      from: "arr",
      volatile: true,
    }),
    billing_system_url: text("Link to the customer in the billing system.", { from: "billing-system-url" }),
    chartmogul_url: text("Link to the customer in ChartMogul.", { from: "chartmogul-url", volatile: true }),
    billing_system_type: text("Kind of billing system, such as `Stripe`.", { from: "billing-system-type" }),
    currency: text("Account's currency (ISO 4217), not the currency in which the customer pays.", {
      needed: true,
    }),
    currency_sign: text("Sign of that currency.", { from: "currency-sign" }),
    owner: text("E-mail address of the ChartMogul user who owns the customer.", { optional: true }),
    website_url: text("Website of the customer.", { optional: true }),
  },
  {
    description: "Customers and leads.",
    key: ["uuid"],
    indexes: [
      ["status", "customer_since", "id"],
      ["customer_since", "id"],
      [{ anyCase: "email" }],
      ["external_id"],
    ],
    whenDeleted: {
      merged_into: column.text(
        "Customer that this deleted one was merged into (see its `external_ids`); NULL if unknown.",
      ),
    },
  },
);

const ofCustomer = { table: customersTable, columns: ["customer_uuid"] };

export const customerTags = recordTable(
  "customer_tags",
  {
    customer_uuid: parentKey("Customer with the tag."),
    tag: name("The tag. ChartMogul sets some itself, such as `merged-customer`."),
  },
  {
    description: "Tags of customers.",
    key: ["customer_uuid", "tag"],
    references: [ofCustomer],
  },
);

export const customerAttributes = recordTable(
  "customer_attributes",
  {
    customer_uuid: parentKey("Customer with the attribute."),
    source: name("Origin of the attribute: `custom`, `stripe` or `clearbit`."),
    name: name("Name of the attribute."),
    type: text("`string`, `integer`, `decimal`, `boolean`, `timestamp` or, for lists and objects, `json`."),
    value: text(
      "Value as text: numbers with ChartMogul's own digits, booleans as `true` or `false`, timestamps in UTC.",
    ),
  },
  {
    description: "Attributes of customers: custom ones and those from Stripe and Clearbit.",
    key: ["customer_uuid", "source", "name"],
    references: [ofCustomer],
  },
);

const tags = z.array(z.unknown()).transform((list) => [...new Set(list)].map((tag) => ({ tag })));

const attributeSources = ["custom", "stripe", "clearbit"] as const;
const attributes = z
  .object({ custom: attributeValues, stripe: attributeValues, clearbit: attributeValues })
  .transform((bySource) =>
    attributeSources.flatMap((source) =>
      readAttributes(bySource[source]).map((attribute) => ({ source, ...attribute })),
    ),
  );

// Only the change log has a lost customer's last MRR: the row already has the MRR after the loss.
const mrrWithStatus: OpenChangeLog = (warehouse, circumstances) => {
  const history = logRecordChanges(warehouse, circumstances);
  return {
    ...history,
    updated(key, differences) {
      const hasNewStatus = differences.some(({ field }) => field === "status");
      history.updated(
        key,
        differences.map((difference) =>
          hasNewStatus && difference.field === "mrr_in_cents"
            ? { ...difference, volatile: false }
            : difference,
        ),
      );
    },
  };
};

/** https://dev.chartmogul.com/reference/customers/list */
export const customers = defineResource({
  name: "customers",
  listing: pages("customers", "entries"),
  detail: one((customer) => `customers/${customer}`),
  table: customersTable,
  children: [
    { table: customerTags, from: "attributes.tags", elements: tags },
    {
      table: customerAttributes,
      from: "attributes",
      elements: attributes,
      expected: "an object of objects",
      keysRead: attributeSources,
    },
  ],
  changeLog: mrrWithStatus,
  afterSync: linkMerged,
});
