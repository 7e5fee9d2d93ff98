import type { Query, Source } from "../../src/chartmogul/source.ts";
import { ApiError } from "../../src/errors.ts";
import { bent, intercepted } from "./accounts.ts";

/** What ChartMogul does wrong in a sync; `victim` is a customer. */
type Trouble = (source: Source, victim: string) => Source;

/** Refuses the requests of a path, from this one of them on. */
function refusing(source: Source, status: number, meant: string | RegExp, from = 1): Source {
  const times = new Map<string, number>();
  return intercepted(source, (path) => {
    if (typeof meant === "string" ? path !== meant : !meant.test(path)) return;
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    if (time >= from) throw new ApiError("not now", { status });
  });
}

/** Ends the invoices behind their second page, although there are more. */
function endingTooEarly(source: Source): Source {
  let pages = 0;
  const isSecondPage = (path: string, query: Query) =>
    path === "invoices" && query["per_page"] === 200 && ++pages === 2;
  return bent(source, (body, path, query) =>
    isSecondPage(path, query) ? { ...body, has_more: false } : body,
  );
}

export const troubles: Readonly<Record<string, Trouble>> = {
  "a customer's subscriptions are refused": (source, victim) =>
    refusing(source, 422, `customers/${victim}/subscriptions`),
  "a customer's subscriptions cannot be read": (source, victim) =>
    refusing(source, 500, `customers/${victim}/subscriptions`),
  "no customer can be asked for": (source) => refusing(source, 500, /^customers\/[^/]+$/),
  "customers cannot be read": (source) => refusing(source, 500, "customers"),
  "invoices break off behind their first page": (source) => refusing(source, 500, "invoices", 2),
  "invoices break off behind their second page": (source) => refusing(source, 500, "invoices", 3),
  "invoices end too early, behind their second page": endingTooEarly,
  "activities cannot be read": (source) => refusing(source, 500, "activities"),
  "activities break off behind their first page": (source) => refusing(source, 500, "activities", 2),
};
