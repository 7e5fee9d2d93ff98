import { account } from "./account.ts";
import { activities } from "./activities.ts";
import { contacts } from "./contacts.ts";
import { customers } from "./customers.ts";
import { dailyMetrics } from "./daily-metrics.ts";
import { dataSources } from "./data-sources.ts";
import { invoices } from "./invoices.ts";
import { notes } from "./notes.ts";
import { opportunities } from "./opportunities.ts";
import { periodMetrics } from "./period-metrics.ts";
import { planGroupPlans } from "./plan-group-plans.ts";
import { planGroups } from "./plan-groups.ts";
import { plans } from "./plans.ts";
import type { Resource } from "./resource.ts";
import { subscriptionEvents } from "./subscription-events.ts";
import { subscriptions } from "./subscriptions.ts";
import { tasks } from "./tasks.ts";

/** Every resource, in the order in which reports list them. */
export const resources: readonly Resource[] = [
  account,
  dataSources,
  plans,
  planGroups,
  planGroupPlans,
  customers,
  subscriptions,
  subscriptionEvents,
  invoices,
  activities,
  contacts,
  notes,
  opportunities,
  tasks,
  dailyMetrics,
  periodMetrics,
];
