import { getCurrentUser } from "./get-current-user.ts";
import { getCustomer } from "./get-customer.ts";
import { getMetrics } from "./get-metrics.ts";
import { listCustomers } from "./list-customers.ts";
import { listInvoices } from "./list-invoices.ts";
import { listPlans } from "./list-plans.ts";
import { listSubscriptions } from "./list-subscriptions.ts";

/** Every read function by its name, in the order in which help lists them. */
export const functions = {
  list_customers: listCustomers,
  get_customer: getCustomer,
  list_subscriptions: listSubscriptions,
  list_plans: listPlans,
  list_invoices: listInvoices,
  get_metrics: getMetrics,
  get_current_user: getCurrentUser,
};
