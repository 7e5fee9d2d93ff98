import type * as wire from "../api/records.ts";
import type { Disabling } from "../api/records.ts";
import type { cameFrom, Stored } from "./stored.ts";

/** A row of the grandfathered `/v1/import/customers/{uuid}/subscriptions`. */
export interface ImportSubscription extends Stored {
  external_id: string;
  uuid: string;
  cancellation_dates: string[];
  subscription_set_external_id?: string;
  plan_uuid: string;
  data_source_uuid: string;
}

/**
 * An invoice as the list holds it. One with `errors` is invalid. The list hides invalid and disabled invoices unless the request
 * includes them.
 */
export interface GeneratedInvoice extends wire.Invoice, Stored {
  [cameFrom]?: string;
}

/** A subscription event. Its amount is in its own currency, and "" may mean null, as on the real API. */
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
