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
  mrrMovementsByCustomer,
  mrrMovementsByMonth,
  mrrMovementsByMonthAllAccounts,
} from "./mrr-movements.ts";
import { retentionByCohort, retentionByCohortAllAccounts } from "./retention.ts";
import { topCustomers } from "./top-customers.ts";
import { trialConversionByMonth, trialConversionByMonthAllAccounts, trials } from "./trials.ts";
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
