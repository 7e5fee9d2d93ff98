import { readBody } from "#build/json/read-json.js";

/** @import { ApiClient, Query } from "#build/api/api-client.js" */

const perPage = 200;

/**
 * An API client with this account; `reply` gives the body for a path and a query, parsed as from the network.
 *
 * @param {(path: string, query: Query) => unknown} reply
 * @returns {ApiClient}
 */
export function createMemoryApi(reply) {
  /** @type {ApiClient} */
  const api = {
    get: async (path, query = {}) => readBody(JSON.stringify(reply(path, query))),
    async profile() {
      return { id: "acc_bench", name: "Bench", currency: "USD", timeZone: "UTC", weekStartOn: null };
    },
    get patient() {
      return api;
    },
    now: () => new Date(),
  };
  return api;
}

/**
 * One page of a listing of `total` records, made when it is asked for.
 *
 * @template {string} List
 * @template T
 * @param {List} list
 * @param {number} total
 * @param {(number: number) => T} record
 * @param {Query} query
 */
export function pageOf(list, total, record, { cursor }) {
  const start = cursor === undefined ? 0 : Number(cursor);
  const end = Math.min(start + perPage, total);
  const records = Array.from({ length: end - start }, (_, index) => record(start + index));
  const announced = cursor === undefined ? { total_pages: Math.ceil(total / perPage) } : {};
  return { [list]: records, cursor: String(end), has_more: end < total, ...announced };
}

const time = "2024-02-29T12:00:00+00:00";

/**
 * A customer in the shape of the real listing.
 *
 * @param {number} number
 */
export function customer(number) {
  return {
    id: number,
    uuid: `cus_${number}`,
    external_id: `customer-${number}`,
    name: `Customer ${number}`,
    email: `someone@customer-${number}.example`,
    status: "Active",
    "customer-since": time,
    attributes: { tags: ["vip"], custom: { Seats: number % 50 }, stripe: {} },
    data_source_uuid: "ds_1",
    data_source_uuids: ["ds_1"],
    external_ids: [`customer-${number}`],
    company: `Company ${number}`,
    country: "DE",
    state: null,
    city: "Berlin",
    zip: "10115",
    lead_created_at: null,
    free_trial_started_at: null,
    address: { country: "Germany", state: null, city: "Berlin", address_zip: "10115" },
    mrr: 1000,
    arr: 12_000,
    "billing-system-url": null,
    "chartmogul-url": `https://app.chartmogul.com/#/customers/${number}`,
    "billing-system-type": "Stripe",
    currency: "USD",
    "currency-sign": "$",
    owner: null,
    website_url: null,
  };
}

/**
 * A subscription in the shape of the real listing.
 *
 * @param {number} number
 */
export function subscription(number) {
  return {
    id: number,
    external_id: `sub_${number}`,
    subscription_set_external_id: null,
    quantity: 1,
    uuid: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    mrr: 1000,
    arr: 12_000,
    status: "active",
    plan: "Professional (monthly)",
    "billing-cycle": "month",
    "billing-cycle-count": 1,
    "start-date": time,
    "end-date": time,
    currency: "USD",
    "currency-sign": "$",
  };
}

/**
 * A plan in the shape of the real listing.
 *
 * @param {number} number
 */
export function plan(number) {
  return {
    uuid: `pl_${number}`,
    external_id: `plan-${number}`,
    name: `Plan ${number}`,
    interval_count: 1,
    interval_unit: "month",
    data_source_uuid: "ds_1",
  };
}
