import type { CustomValue } from "../api/records.ts";
import type { Stored } from "./stored.ts";

/** The five ways in which a customer's MRR moves. */
export type ActivityType = "new_biz" | "reactivation" | "expansion" | "contraction" | "churn";

/**
 * One MRR movement as on `/v1/activities`. `/v1/customers/{uuid}/activities` shows the same movement without a uuid. There it has
 * a number that follows from the uuid, so a new uuid is a new number as well.
 */
export interface Activity extends Stored {
  uuid: string;
  description: string;
  "activity-mrr-movement": number;
  "activity-mrr": number;
  "activity-arr": number;
  date: string;
  type: ActivityType;
  currency: string;
  "subscription-external-id": string;
  "subscription-set-external-id"?: string;
  "plan-external-id": string;
  "customer-name": string;
  "customer-uuid": string;
  "customer-external-id": string;
  "billing-connector-uuid": string;
}

/** A person at a customer; this list has no timestamps. */
export interface Contact extends Stored {
  uuid: string;
  customer_uuid: string | null;
  customer_external_id: string | null;
  data_source_uuid: string | null;
  external_id?: string | null;
  last_seen?: string | null;
  position: number;
  first_name: string | null;
  last_name: string | null;
  title: string | null;
  email: string | null;
  phone: string | null;
  linked_in: string | null;
  twitter: string | null;
  notes: string | null;
  custom: Record<string, CustomValue>;
}

/** A note or call log as on `/v1/notes`; `/v1/customer_notes` shows those of customers without the two object keys. */
export interface Note extends Stored {
  uuid: string;
  customer_uuid: string | null;
  associated_object: "customer" | "contact";
  associated_object_uuid: string;
  type: "note" | "call";
  text: string;
  /** Seconds; 0 for notes. */
  call_duration: number;
  author: string;
  created_at: string;
  updated_at: string;
}

/** A sales opportunity; the amount is in hundredths of its own currency. */
export interface Opportunity extends Stored {
  uuid: string;
  customer_uuid: string;
  owner: string;
  pipeline: string;
  pipeline_stage: string;
  estimated_close_date: string;
  currency: string;
  amount_in_cents: number;
  type: "recurring" | "one-time" | "arr";
  forecast_category: "pipeline" | "best_case" | "committed" | "lost" | "won";
  win_likelihood: number;
  custom: Record<string, CustomValue>;
  created_at: string;
  updated_at: string;
}

/** A task; its key is `task_uuid`, not `uuid`. */
export interface Task extends Stored {
  task_uuid: string;
  /** Null where the task is about a contact. */
  customer_uuid: string | null;
  associated_object: "customer" | "contact";
  associated_object_uuid: string;
  task_details: string;
  assignee: string;
  due_date: string;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
}
