import { activitiesTable } from "../resources/activities.ts";
import { customersTable } from "../resources/customers.ts";
import { invoicesTable, invoiceTransactions } from "../resources/invoices.ts";
import { subscriptionsTable } from "../resources/subscriptions.ts";
import type { Table } from "../schema/table.ts";
import { activeSubscriptions } from "./active-subscriptions.ts";
import { cashByMonth, cashByMonthAllAccounts } from "./cash.ts";
import { churnedCustomers } from "./churned-customers.ts";
import { failedPayments } from "./failed-payments.ts";
import { freshness } from "./freshness.ts";
import { metricsByMonth, metricsByMonthAllAccounts } from "./metrics-by-month.ts";
import * as breakdowns from "./mrr-breakdowns.ts";
import { mrrByDay, mrrByDayAllAccounts } from "./mrr-by-day.ts";
import {
  movementSums,
  mrrMovementsByCustomer,
  mrrMovementsByMonth,
  mrrMovementsByMonthAllAccounts,
} from "./mrr-movements.ts";
import { retentionByCohort, retentionByCohortAllAccounts, retentionSums } from "./retention.ts";
import type { StaleKind } from "./stale-records.ts";
import type { CustomerSums } from "./summary-table.ts";
import { topCustomers } from "./top-customers.ts";
import {
  trialConversionByMonth,
  trialConversionByMonthAllAccounts,
  trialConversionSums,
  trials,
} from "./trials.ts";
import { unpaidInvoices } from "./unpaid-invoices.ts";

/** Every summary table. A table comes after those that its rows are derived from. */
export const summaries: readonly Table[] = [
  mrrByDay,
  mrrByDayAllAccounts,
  mrrMovementsByCustomer,
  mrrMovementsByMonth,
  mrrMovementsByMonthAllAccounts,
  metricsByMonth,
  metricsByMonthAllAccounts,
  retentionByCohort,
  retentionByCohortAllAccounts,
  activeSubscriptions,
  breakdowns.mrrByPlan,
  breakdowns.mrrByPlanAllAccounts,
  breakdowns.mrrByCountry,
  breakdowns.mrrByCountryAllAccounts,
  breakdowns.mrrByCurrency,
  breakdowns.mrrByCurrencyAllAccounts,
  breakdowns.mrrByBillingInterval,
  breakdowns.mrrByBillingIntervalAllAccounts,
  topCustomers,
  churnedCustomers,
  trials,
  trialConversionByMonth,
  trialConversionByMonthAllAccounts,
  unpaidInvoices,
  failedPayments,
  cashByMonth,
  cashByMonthAllAccounts,
  freshness,
];

/** How the rows of a summary table about single records are found: the tables that its query begins with. */
interface RowsAbout {
  readonly kind: StaleKind;
  readonly read: readonly Table[];
}

/** The summary tables whose rows are each about one customer or one invoice, which their second key column names. */
export const rowsAbout: ReadonlyMap<Table, RowsAbout> = new Map<Table, RowsAbout>([
  [mrrMovementsByCustomer, { kind: "customers", read: [activitiesTable] }],
  [activeSubscriptions, { kind: "customers", read: [subscriptionsTable, invoicesTable] }],
  [churnedCustomers, { kind: "customers", read: [customersTable, activitiesTable] }],
  [trials, { kind: "customers", read: [customersTable] }],
  [failedPayments, { kind: "invoices", read: [invoiceTransactions] }],
]);

/** A summary table that adds up the rows of another over customers. */
export interface SumsOf {
  readonly rows: Table;
  readonly sums: CustomerSums;
}

/** The summary tables that add up rows of customers. */
export const addedUp: ReadonlyMap<Table, SumsOf> = new Map<Table, SumsOf>([
  [mrrMovementsByMonth, { rows: mrrMovementsByCustomer, sums: movementSums }],
  [retentionByCohort, { rows: mrrMovementsByCustomer, sums: retentionSums }],
  [breakdowns.mrrByPlan, { rows: activeSubscriptions, sums: breakdowns.mrrByPlanSums }],
  [breakdowns.mrrByCountry, { rows: activeSubscriptions, sums: breakdowns.mrrByCountrySums }],
  [breakdowns.mrrByCurrency, { rows: activeSubscriptions, sums: breakdowns.mrrByCurrencySums }],
  [breakdowns.mrrByBillingInterval, { rows: activeSubscriptions, sums: breakdowns.mrrByBillingIntervalSums }],
  [trialConversionByMonth, { rows: trials, sums: trialConversionSums }],
]);

/** The summary tables that are not made from customers alone. They are small, or only their stale rows are calculated. */
export const refreshedAlways: ReadonlySet<Table> = new Set<Table>([
  mrrByDay,
  mrrByDayAllAccounts,
  metricsByMonth,
  metricsByMonthAllAccounts,
  cashByMonth,
  cashByMonthAllAccounts,
  failedPayments,
  freshness,
]);
