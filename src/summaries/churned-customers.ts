import { accountDay, datetime, double, integer, money, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { customerColumns, referencesCustomer } from "./customer-columns.ts";
import { selectMonth } from "./select-month.ts";

export const churnedCustomers = accountTable(
  "churned_customers",
  {
    ...customerColumns,
    company: text("Company of the customer."),
    country: text("Country of the customer, as a two-letter code."),
    last_plan: text("Plan of the subscription that ended last."),
    ...money("last_mrr", "MRR that ended with the last churn; NULL where no activity tells of it"),
    currency: text("The account's currency (ISO 4217)."),
    customer_since: datetime("When the customer first paid (UTC)."),
    churned_at: datetime("When the customer last churned (UTC)."),
    churn_month: accountDay("First day of the month in which that was."),
    lifetime_days: integer("Days from the first payment to the last churn, pauses included.", "days"),
    lifetime_months: double("The same in months of 30.44 days.", "months"),
  },
  {
    description: "Customers who have left and not come back: those whose status is `Cancelled`.",
    key: ["customer_uuid"],
    references: referencesCustomer,
    select: `
      SELECT customers.account, customers.uuid AS customer_uuid, customers.name AS customer_name, company, country,
        (SELECT plan FROM subscriptions AS own WHERE own.account = customers.account AND own.customer_uuid = customers.uuid
           AND own.deleted_at IS NULL ORDER BY end_date DESC LIMIT 1) AS last_plan,
        -churn.movement AS last_mrr_in_cents, today.currency, customer_since, churn.at AS churned_at,
        ${selectMonth("churn.at")} AS churn_month,
        CAST(julianday(churn.at) - julianday(customer_since) AS INTEGER) AS lifetime_days,
        round((julianday(churn.at) - julianday(customer_since)) / 30.4375, 1) AS lifetime_months
      FROM customers JOIN today USING (account)
      LEFT JOIN (
        SELECT last.account, last.customer_uuid, last.at,
          (SELECT sum(activity_mrr_movement_in_cents) FROM activities AS own WHERE own.account = last.account
             AND own.customer_uuid = last.named AND own.date = last.at AND own.deleted_at IS NULL) AS movement
        FROM (
          SELECT account, CAST(coalesce(survivor_uuid, customer_uuid) AS TEXT) AS customer_uuid, customer_uuid AS named, max(date) AS at
          FROM activities NOT INDEXED JOIN today USING (account) LEFT JOIN survivors USING (account, customer_uuid)
          WHERE type = 'churn' AND deleted_at IS NULL AND date <= read_until GROUP BY 1, 2) AS last
      ) AS churn ON churn.account = customers.account AND churn.customer_uuid = customers.uuid
      WHERE status = 'Cancelled' AND customers.deleted_at IS NULL`,
  },
);
