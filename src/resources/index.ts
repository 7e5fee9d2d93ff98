import type { Resource } from "../resource.ts";
import { account } from "./account.ts";
import { customers } from "./customers.ts";
import { dailyMetrics } from "./daily-metrics.ts";
import { invoices } from "./invoices.ts";
import { plans } from "./plans.ts";
import { subscriptions } from "./subscriptions.ts";

/** Every resource, in the order in which reports list them. */
export const resources: readonly Resource[] = [
  account,
  plans,
  customers,
  subscriptions,
  invoices,
  dailyMetrics,
];
