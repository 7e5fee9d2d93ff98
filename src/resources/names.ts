/**
 * Every resource by its name with the table of its records, in the order of the registry: for who asks how they are and must not
 * wait until all of them are loaded.
 */
export const tablesOfResources: Readonly<Record<string, string>> = {
  account: "accounts",
  data_sources: "data_sources",
  plans: "plans",
  plan_groups: "plan_groups",
  plan_group_plans: "plan_group_plans",
  customers: "customers",
  subscriptions: "subscriptions",
  subscription_events: "subscription_events",
  invoices: "invoices",
  activities: "activities",
  contacts: "contacts",
  notes: "notes",
  opportunities: "opportunities",
  tasks: "tasks",
  daily_metrics: "daily_metrics",
  period_metrics: "period_metrics",
};
