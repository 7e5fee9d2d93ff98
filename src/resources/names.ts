/**
 * The table of each resource's records by the resource's name, in the order of the registry. For commands that must start quickly and
 * therefore do not load the resources.
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
