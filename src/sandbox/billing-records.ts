import type { cameFrom, Stored } from "./world.ts";

/** A row of `/v1/customers/{uuid}/subscriptions`; an inactive one keeps its last MRR. Account currency. */
export interface Subscription {
  id: number;
  external_id: string;
  subscription_set_external_id: string | null;
  quantity: number;
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

/** A row of the grandfathered `/v1/import/customers/{uuid}/subscriptions`. */
export interface ImportSubscription extends Stored {
  external_id: string;
  uuid: string;
  cancellation_dates: string[];
  subscription_set_external_id?: string;
  plan_uuid: string;
  data_source_uuid: string;
}

/** What an operator changed by hand; on the wire only with `include_edit_histories=true`. */
interface EditHistory {
  values_changed?: Record<string, { original_value: unknown; edited_value: unknown }>;
  latest_edit_author?: string;
  latest_edit_performed_at?: string;
}

/** Keys that invoices, line items, transactions and events share since 2025; older answers lack them. */
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

/** An invoice as on `/v1/invoices`. One with `errors` is invalid; the list hides it and disabled ones unless asked. */
export interface Invoice extends Stored, Disabling {
  [cameFrom]?: string;
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

/** A subscription event; the amount is in its own currency, and "" may stand for null as on the real API. */
export interface SubscriptionEvent extends Stored, Disabling {
  id: number;
  data_source_uuid: string;
  customer_external_id: string;
  subscription_set_external_id: string | null;
  subscription_external_id: string;
  plan_external_id: string | null;
  event_date: string;
  effective_date: string;
  event_type: string;
  external_id: string | null;
  errors: Record<string, string[]>;
  created_at: string;
  updated_at: string;
  quantity: number | "" | null;
  currency: string | null;
  amount_in_cents: number | "" | null;
  tax_amount_in_cents: number | null;
  event_order?: number | null;
  retracted_event_id: string | null;
}
