import type * as wire from "../api/records.ts";
import type { Customer, Subscription } from "../api/records.ts";
import type { GeneratedInvoice, ImportSubscription, SubscriptionEvent } from "./billing-records.ts";
import type { Activity, Contact, Note, Opportunity, Task } from "./customer-records.ts";
import type { Stored } from "./stored.ts";

/** The account as `GET /v1/account` shows it; older replies have no `id`. */
interface Account {
  id?: string;
  name: string;
  currency: string;
  time_zone: string;
  week_start_on: "monday" | "sunday";
}

/** The settings that `GET /v1/account?include=` adds, one key per name. */
export interface AccountSettings {
  churn_recognition: string;
  churn_when_zero_mrr: boolean;
  auto_churn_subscription: boolean;
  refund_handling: string;
  proximate_movement_reclassification: string;
}

/** A data source. The last three blocks reach the wire only when their `with_...` parameter requests them. */
export interface DataSource {
  uuid: string;
  name: string;
  system: string;
  created_at: string;
  status: string;
  processing_status?: { processed?: number; failed?: number; pending?: number };
  auto_churn_subscription_setting?: { enabled: boolean; interval: number | null };
  invoice_handling_setting?: Record<string, unknown>;
}

/** A plan as a newest-first list holds it. */
export type GeneratedPlan = wire.Plan & Stored;

/** A plan group with its members; the wire shows their number as `plans_count`. */
export interface PlanGroup extends Stored {
  uuid: string;
  name: string;
  planUuids: string[];
}

/**
 * One invented account. Every reply is made from these records at the time of the request, and nothing is cached. A change of any
 * wire field, and any push, splice or replacement, shows in the next reply. Lists are put in the order of the API in place, at
 * the request that needs it; only the hidden `created` of a record that was already listed must stay. Lists that are frozen with
 * their records are put in order once, so a page of a frozen world does not cost more in a larger one.
 */
export interface World {
  name: string;
  /** The API key: the user name of HTTP Basic. */
  key: string;
  /** The end of the history; "now" in metric summaries. */
  now: Date;
  account: Account;
  settings: AccountSettings;
  /**
   * The row that the cursor of `/v1/activities` names. The real API had "first-of-next-page" in October 2023: it applies the
   * cursor as "start after", so following it loses one row per page. The repaired behaviour is "last-of-page".
   */
  activitiesCursor: "first-of-next-page" | "last-of-page";
  dataSources: DataSource[];
  plans: GeneratedPlan[];
  planGroups: PlanGroup[];
  customers: Customer[];
  /** By customer uuid; customers without subscriptions need no entry. */
  subscriptions: Map<string, Subscription[]>;
  /** By customer uuid. Only subscriptions that came through an API or a sheet, as on the grandfathered list. */
  importSubscriptions: Map<string, ImportSubscription[]>;
  invoices: GeneratedInvoice[];
  activities: Activity[];
  subscriptionEvents: SubscriptionEvent[];
  contacts: Contact[];
  notes: Note[];
  opportunities: Opportunity[];
  tasks: Task[];
}
