import { setImmediate } from "node:timers/promises";
import { readBody } from "#build/json/read-json.js";

/** @import { ApiClient } from "#build/api/api-client.js" */

const perPage = 200;

/**
 * An API client that replies to `/invoices` with invented invoices, 2.4 line items and one transaction each, in the shape of the real
 * listing. A page is made when it is asked for, parsed from its JSON text as a client would get it. As from a network, it comes in a
 * turn of the event loop of its own.
 *
 * @param {number} invoices
 * @param {number} [first] Number of the first invoice; invoices of other numbers have other uuids.
 * @returns {ApiClient & { spent(): number }}
 */
export function invoicePages(invoices, first = 0) {
  let spent = 0;
  /** @type {ApiClient & { spent(): number }} */
  const api = {
    async get(path, query = {}) {
      if (path !== "invoices") throw new Error(`no such path ${path}`);
      const began = performance.now();
      const start = query["cursor"] === undefined ? 0 : Number(query["cursor"]);
      const end = Math.min(start + perPage, invoices);
      const list = Array.from({ length: end - start }, (_, index) => invoice(first + start + index));
      const text = JSON.stringify({ invoices: list, cursor: String(end), has_more: end < invoices });
      spent += performance.now() - began;
      await setImmediate();
      return readBody(text);
    },
    async profile() {
      return { id: "acc_bench", name: "Bench", currency: "USD", timeZone: "UTC", weekStartOn: null };
    },
    get patient() {
      return api;
    },
    now: () => new Date(),
    /** Milliseconds that went into making pages. */
    spent: () => spent,
  };
  return api;
}

/**
 * 32 bits in which each bit of the number counts: the last step of MurmurHash3. Different numbers give different bits.
 *
 * @param {number} number
 */
function mix(number) {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0).toString(16).padStart(8, "0");
}

/**
 * Random-looking and the same in every run, like the uuids of the real thing. Not made with a hash of Node: the time of the pages must
 * be short, because other threads work on during it.
 *
 * @param {string} kind
 * @param {number} number
 */
function uuid(kind, number) {
  const salt = kind.charCodeAt(0) * 0x9e3779b1 + kind.charCodeAt(1) * 0x7feb352d;
  const [second, third] = [mix(number + salt + 0x3c6ef372), mix(number + salt + 0x5bd1e995)];
  const fourth = mix(number + salt + 0x1b873593);
  return `${kind}_${mix(number + salt)}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${fourth}`;
}

const lineItemCounts = [1, 2, 2, 3, 4];

/** @param {number} number */
function invoice(number) {
  const day = new Date(Date.UTC(2023, 0, 1) + (number % 1000) * 86_400_000).toISOString();
  const customer = number % 9973;
  return {
    uuid: uuid("inv", number),
    external_id: `in_${number}`,
    date: day,
    due_date: day,
    currency: number % 3 ? "USD" : "EUR",
    customer_uuid: uuid("cus", customer),
    errors: {},
    customer_external_id: `customer-${customer}`,
    collection_method: "automatic",
    status: "paid",
    disabled: false,
    disabled_at: null,
    disabled_by: null,
    user_created: false,
    line_items: Array.from({ length: lineItemCounts[number % 5] ?? 1 }, (_, index) =>
      lineItem(number * 4 + index, day, customer),
    ),
    transactions: [
      {
        uuid: uuid("tr", number),
        external_id: null,
        type: "payment",
        date: day,
        result: "successful",
        amount_in_cents: null,
        transaction_fees_in_cents: null,
        transaction_fees_currency: null,
      },
    ],
  };
}

/**
 * @param {number} number
 * @param {string} day
 * @param {number} customer
 */
function lineItem(number, day, customer) {
  return {
    subscription_uuid: uuid("sub", customer),
    subscription_external_id: `subscription-${customer}`,
    prorated: false,
    proration_type: null,
    service_period_start: day,
    service_period_end: day,
    uuid: uuid("li", number),
    external_id: null,
    type: "subscription",
    amount_in_cents: (number * 37) % 99_999,
    quantity: 1 + (number % 5),
    discount_code: "",
    discount_amount_in_cents: 0,
    tax_amount_in_cents: 0,
    transaction_fees_in_cents: 0,
    account_code: "",
    plan_uuid: uuid("pl", number % 20),
    transaction_fees_currency: null,
    discount_description: null,
    event_order: null,
    balance_transfer: null,
  };
}
