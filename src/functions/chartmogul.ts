import type { Customer, Invoice, MetricsEntry, Plan, Subscription } from "../api/records.ts";

/**
 * The functions of the default account, and by its name those of each other: `chartmogul.list_plans()`,
 * `chartmogul.production.list_plans()`. An account that has the name of something else here is in `accounts`.
 */
export type Chartmogul<Name extends string = string> = AccountFunctions & {
  readonly accounts: { readonly [Each in Name]: AccountFunctions };
  /** Ends what is being asked of ChartMogul; nothing can be asked afterwards. */
  close(): void;
} & { readonly [Each in Name]: AccountFunctions };

/**
 * The functions of one account, and beside each list a walk through all of its records.
 *
 * Records are ChartMogul's own JSON objects as they were received. They come from the warehouse, or with `live` from ChartMogul.
 * A number is a `number`; one whose value no JavaScript number has, such as `1234567890123456789`, is a text of its digits, so that
 * it neither loses any nor breaks `JSON.stringify`.
 *
 * Every function rejects with
 * - an ArgumentError where an option or the account is wrong, or after `close()`: nothing was asked;
 * - a WarehouseError where the warehouse cannot be used, or what is asked was never read completely;
 * - an ApiError where ChartMogul could not be reached, refused, or answered what its contract does not allow.
 */
export interface AccountFunctions {
  /**
   * A page of the customers and leads: those first who have been customers longest, leads last. `mrr` and `arr` are in hundredths of
   * the account's currency. Source: https://dev.chartmogul.com/reference/customers/list, with `email` `/customers/search`.
   */
  list_customers(options?: ListCustomersOptions): Promise<ListResult<Customer, "entries">>;

  /**
   * One customer or lead. `mrr` and `arr` are in hundredths of the account's currency. Rejects with a NotFoundError where there is none.
   * Source: https://dev.chartmogul.com/reference/customers/retrieve
   */
  get_customer(options: GetCustomerOptions): Promise<FoundCustomer>;

  /**
   * A page of the subscriptions, customer by customer. An inactive one keeps its last `mrr`, in hundredths of the account's currency.
   * With `live` only those of one customer: rejects with an ArgumentError without `customer_uuid`. From the warehouse it rejects with a
   * NotFoundError where there is no such customer. Source: https://dev.chartmogul.com/reference/customers/list-subscriptions
   */
  list_subscriptions(options?: ListSubscriptionsOptions): Promise<ListResult<Subscription, "entries">>;

  /** A page of the plans, newest first; ChartMogul knows no prices of plans. Source: https://dev.chartmogul.com/reference/plans/list */
  list_plans(options?: ListPlansOptions): Promise<ListResult<Plan, "plans">>;

  /**
   * A page of the invoices with their line items and transactions, newest first, under both `entries` and `invoices`. Amounts are in
   * hundredths of the invoice's currency. Disabled (`disabled`) and invalid ones (`errors`) are there, but do not count.
   * Source: https://dev.chartmogul.com/reference/invoices/list
   */
  list_invoices(options?: ListInvoicesOptions): Promise<ListResult<Invoice, "entries" | "invoices">>;

  /**
   * MRR, ARR, ARPA, ASP, LTV, the number of customers and the churn rates for each interval of a range of days. Money is in hundredths
   * of the account's currency, rates and changes are in percent. Source: https://dev.chartmogul.com/reference/metrics
   */
  get_metrics(options: GetMetricsOptions): Promise<Metrics>;

  /**
   * Verifies the API key with ChartMogul and returns its account. With `live: false` it returns what is stored, and verifies
   * nothing. Source: https://dev.chartmogul.com/reference/ping and https://dev.chartmogul.com/reference/retrieve-account
   */
  get_current_user(options?: GetCurrentUserOptions): Promise<CurrentUser>;

  /** Every record of `list_customers`, read page by page; it rejects while it is read, where the list would. */
  walk_customers(options?: WalkCustomersOptions): AsyncIterable<Customer>;

  /** Every record of `list_subscriptions`, read page by page; it rejects while it is read, where the list would. */
  walk_subscriptions(options?: WalkSubscriptionsOptions): AsyncIterable<Subscription>;

  /** Every record of `list_plans`, read page by page; it rejects while it is read, where the list would. */
  walk_plans(options?: LiveOptions): AsyncIterable<Plan>;

  /** Every record of `list_invoices`, read page by page; it rejects while it is read, where the list would. */
  walk_invoices(options?: WalkInvoicesOptions): AsyncIterable<Invoice>;
}

/** Where a result comes from. */
export interface LiveOptions {
  /** True asks ChartMogul now. False, the default, reads the warehouse, as of its last complete sync. */
  readonly live?: boolean | undefined;
}

/** Which page of a list. */
export interface PageOptions {
  /** Records on a page, 1 to 200, by default 50. */
  readonly per_page?: number | undefined;
  /** Number of the page, from 1; not together with `cursor`. */
  readonly page?: number | undefined;
  /** `cursor` of the previous result: returns the next page. Keep the other options. */
  readonly cursor?: string | undefined;
}

/** Which customers. */
export interface WalkCustomersOptions extends LiveOptions {
  /**
   * Active, Past Due, Cancelled, New Lead, Working Lead, Qualified Lead or Unqualified Lead, in any case; also canceled, churned,
   * expired, overdue, Future.
   */
  readonly status?: string | undefined;
  /** Only customers with this e-mail address, in any case. */
  readonly email?: string | undefined;
}

/** Which customers, and which page of them. */
export interface ListCustomersOptions extends WalkCustomersOptions, PageOptions {}

/** Which customer. */
export interface GetCustomerOptions extends LiveOptions {
  /**
   * ChartMogul's identifier of the customer (`cus_…`). From the warehouse also its number in `chartmogul-url`, or its identifier in the
   * billing system.
   */
  readonly id: string;
}

/** Which subscriptions. */
export interface WalkSubscriptionsOptions extends LiveOptions {
  /** Only subscriptions of this customer (`cus_…`). */
  readonly customer_uuid?: string | undefined;
  /** active, inactive (also: cancelled, expired, ended) or future (starts later than now), in any case. */
  readonly status?: string | undefined;
}

/** Which subscriptions, and which page of them. */
export interface ListSubscriptionsOptions extends WalkSubscriptionsOptions, PageOptions {}

/** Which page of the plans. */
export interface ListPlansOptions extends LiveOptions, PageOptions {}

/** Which invoices. */
export interface WalkInvoicesOptions extends LiveOptions {
  /** Only invoices of this customer (`cus_…`). */
  readonly customer_uuid?: string | undefined;
}

/** Which invoices, and which page of them. */
export interface ListInvoicesOptions extends WalkInvoicesOptions, PageOptions {}

/** Which metrics. */
export interface GetMetricsOptions extends LiveOptions {
  /** First day, `YYYY-MM-DD`, in the account's time zone. */
  readonly start_date: string;
  /** Last day, `YYYY-MM-DD`. */
  readonly end_date: string;
  /** Length of an interval, by default a month. */
  readonly interval?: "day" | "week" | "month" | "quarter" | "year" | undefined;
  /** `absolute`, which is usual: values and changes. `percentage`: only the changes against the interval before. */
  readonly type?: "absolute" | "percentage" | undefined;
}

/** Whether the key is verified. */
export interface GetCurrentUserOptions {
  /** True, the default here, asks ChartMogul now. False reads the warehouse, as of its last complete sync. */
  readonly live?: boolean | undefined;
}

/** The age of a result. */
export interface Dated {
  /** An instant in UTC, such as `2025-06-30T02:00:00Z`: all of the result was read then or later. */
  readonly fresh_as_of: string;
}

/** The part of a list's result that is not its records. */
export interface PageResult extends Dated {
  readonly has_more: boolean;
  /** Gives the next page; null where there is none. It means something only to the function that gave it. */
  readonly cursor: string | null;
  /** Only where a page was asked for by its number. */
  readonly page?: number;
  /** Only where a page was asked for by its number. */
  readonly per_page?: number;
}

/** A page of records, under each of these keys. */
export type ListResult<Entry, Key extends string> = PageResult & Readonly<Record<Key, readonly Entry[]>>;

/** A customer as received, and how old that is. */
export type FoundCustomer = Customer & Dated;

/** An interval's values; one that is null was not asked of ChartMogul. With `type: "percentage"` only the changes are there. */
export type MetricsValues = Pick<MetricsEntry, "date"> & {
  readonly [Key in Exclude<keyof MetricsEntry, "date">]?: number | null;
};

/** ChartMogul's metrics of some intervals. Money is in hundredths of the account's currency, rates and changes are in percent. */
export interface Metrics extends Dated {
  /** In order of date, the last day of the interval. */
  readonly entries: readonly MetricsValues[];
  /** ChartMogul's own figures of now, whatever the range; only live results have them. */
  readonly summary?: Readonly<Record<string, number | null>>;
  /** What the entries do not show, and why. */
  readonly note?: string;
}

/** Whose key it is, as far as ChartMogul says. */
export interface CurrentUser extends Dated {
  /** Null, like the next two: the API does not name the person who owns a key. */
  readonly first_name: null;
  readonly last_name: null;
  readonly email: null;
  /** The operator's name of the account. */
  readonly account: string;
  /** ChartMogul's identifier of the account (`acc_…`); null, like the next three, where ChartMogul did not say it. */
  readonly id: string | null;
  readonly name: string | null;
  /** ISO 4217, such as `USD`. */
  readonly currency: string | null;
  /** IANA, such as `Europe/Berlin`: the zone in which ChartMogul cuts metrics into days. */
  readonly time_zone: string | null;
  /** Whether ChartMogul has just accepted the key. */
  readonly verified: boolean;
}
