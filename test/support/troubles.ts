import type { ApiClient, Query } from "../../src/api/api-client.ts";
import { ApiError } from "../../src/errors.ts";
import { bent, intercepted } from "./accounts.ts";

/** What ChartMogul does wrong in a sync; `victim` is a customer. */
type Trouble = (api: ApiClient, victim: string) => ApiClient;

/** Refuses the requests of a path, from this one of them on. */
function refusing(api: ApiClient, status: number, meant: string | RegExp, from = 1): ApiClient {
  const times = new Map<string, number>();
  return intercepted(api, (path) => {
    if (typeof meant === "string" ? path !== meant : !meant.test(path)) return;
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    if (time >= from) throw new ApiError("not now", { status });
  });
}

/** Ends the invoices behind their second page, although there are more. */
function endingTooEarly(api: ApiClient): ApiClient {
  let pages = 0;
  const isSecondPage = (path: string, query: Query) =>
    path === "invoices" && query["per_page"] === 200 && ++pages === 2;
  return bent(api, (body, path, query) => (isSecondPage(path, query) ? { ...body, has_more: false } : body));
}

export const troubles: Readonly<Record<string, Trouble>> = {
  "a customer's subscriptions are refused": (api, victim) =>
    refusing(api, 422, `customers/${victim}/subscriptions`),
  "a customer's subscriptions cannot be read": (api, victim) =>
    refusing(api, 500, `customers/${victim}/subscriptions`),
  "no customer can be asked for": (api) => refusing(api, 500, /^customers\/[^/]+$/),
  "customers cannot be read": (api) => refusing(api, 500, "customers"),
  "invoices break off behind their first page": (api) => refusing(api, 500, "invoices", 2),
  "invoices break off behind their second page": (api) => refusing(api, 500, "invoices", 3),
  "invoices end too early, behind their second page": endingTooEarly,
  "activities cannot be read": (api) => refusing(api, 500, "activities"),
  "activities break off behind their first page": (api) => refusing(api, 500, "activities", 2),
};
