/**
 * A value of a custom attribute: string, integer, decimal, boolean or "YYYY-MM-DD HH:MM:SS". A number that JavaScript cannot hold is a
 * text of its digits.
 */
export type CustomValue = string | number | boolean;

/** A customer as on the wire: hyphens and underscores mix. Amounts in hundredths of the account's currency. */
export interface Customer {
  id: number;
  uuid: string;
  external_id: string;
  name: string;
  email: string;
  status:
    | "New Lead"
    | "Working Lead"
    | "Qualified Lead"
    | "Unqualified Lead"
    | "Active"
    | "Past Due"
    | "Cancelled";
  "customer-since": string | null;
  attributes: {
    custom: Record<string, CustomValue>;
    clearbit?: Record<string, never>;
    stripe: Record<string, CustomValue>;
    tags: string[];
  };
  data_source_uuid: string;
  data_source_uuids: string[];
  external_ids: string[];
  company: string;
  country: string | null;
  state: string | null;
  city: string | null;
  zip: string | null;
  lead_created_at: string | null;
  free_trial_started_at: string | null;
  address: { country: string | null; state: string | null; city: string | null; address_zip: string | null };
  mrr: number;
  arr: number;
  "billing-system-url": string | null;
  "chartmogul-url": string;
  "billing-system-type": string;
  currency: string;
  "currency-sign": string;
  owner?: string | null;
  website_url?: string | null;
}

/** A plan. Weekly is `day` x 7, half-yearly `month` x 6; the API has neither price nor currency here. */
export interface Plan {
  uuid: string;
  data_source_uuid: string;
  external_id: string;
  name: string;
  interval_count: number;
  interval_unit: "day" | "month" | "year";
}

/** A row of `/v1/customers/{uuid}/subscriptions`; an inactive one keeps its last MRR. Account currency. */
export interface Subscription {
  id: number;
  external_id: string;
  subscription_set_external_id: string | null;
  quantity: number;
  /** Since 2026, and not in every response. */
  subscription_set_uuid?: string | null;
  custom_attributes?: Record<string, CustomValue>;
  /** Bare, and never the `sub_...` of line items and import subscriptions. */
  uuid: string;
  mrr: number;
  arr: number;
  status: "active" | "inactive";
  plan: string;
  "billing-cycle": "day" | "month" | "year";
  "billing-cycle-count": number;
  "start-date": string;
  "end-date": string;
  currency: string;
  "currency-sign": string;
}

/** What an operator changed by hand; on the wire only with `include_edit_histories=true`. */
export interface EditHistory {
  values_changed?: Record<string, { original_value: unknown; edited_value: unknown }>;
  latest_edit_author?: string;
  latest_edit_performed_at?: string;
}

/** Keys that invoices, line items, transactions and events share since 2025; older responses lack them. */
export interface Disabling {
  disabled?: boolean;
  disabled_at?: string | null;
  disabled_by?: string | null;
  user_created?: boolean;
  edit_history_summary?: EditHistory;
}

/** One line of an invoice, in the invoice's currency; the subscription keys are absent on `one_time` lines. */
export interface LineItem extends Disabling {
  uuid: string;
  external_id: string | null;
  type: "subscription" | "one_time" | "trial";
  subscription_uuid?: string;
  subscription_external_id?: string;
  subscription_set_external_id?: string;
  prorated?: boolean;
  proration_type?: string | null;
  service_period_start?: string;
  service_period_end?: string;
  plan_uuid?: string;
  plan_external_id?: string;
  description?: string | null;
  /** After discount and with tax. */
  amount_in_cents: number;
  quantity: number;
  discount_code: string | null;
  discount_amount_in_cents: number;
  tax_amount_in_cents: number;
  transaction_fees_in_cents: number;
  transaction_fees_currency: string | null;
  discount_description: string | null;
  account_code: string | null;
  event_order: number | null;
  balance_transfer?: boolean | null;
}

/** A payment or refund; `amount_in_cents: null` means the full amount of the invoice. */
export interface Transaction extends Disabling {
  uuid: string;
  external_id: string | null;
  type: "payment" | "refund";
  date: string;
  result: "successful" | "failed";
  amount_in_cents: number | null;
  transaction_fees_in_cents: number | null;
  transaction_fees_currency: string | null;
}

/** An invoice as on `/v1/invoices`; one with `errors` is invalid. */
export interface Invoice extends Disabling {
  uuid: string;
  external_id: string;
  date: string;
  due_date: string | null;
  currency: string;
  customer_uuid: string;
  customer_external_id?: string;
  collection_method?: "manual" | "automatic" | null;
  status?: "open" | "paid" | "refunded" | "voided" | "written_off";
  errors: Record<string, string[]>;
  line_items: LineItem[];
  transactions: Transaction[];
}

/** One interval as on `/v1/metrics/all`: amounts in hundredths of the account's currency, rates and changes in percent. */
export interface MetricsEntry {
  /** The last day of the interval, or of the requested range where that ends before. */
  date: string;
  mrr: number;
  "mrr-percentage-change": number;
  arr: number;
  "arr-percentage-change": number;
  "customer-churn-rate": number;
  "customer-churn-rate-percentage-change": number;
  "mrr-churn-rate": number;
  "mrr-churn-rate-percentage-change": number;
  ltv: number;
  "ltv-percentage-change": number;
  customers: number;
  "customers-percentage-change": number;
  asp: number;
  "asp-percentage-change": number;
  arpa: number;
  "arpa-percentage-change": number;
}
