import { accountDay, datetime, double, integer, money, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { customerColumns, referencesCustomer } from "./customer-columns.ts";
import { selectMonth } from "./select-month.ts";

export const churnedCustomers = accountTable(
  "churned_customers",
  {
    ...customerColumns,
    company: text("Company name of the customer."),
    country: text("Country of the customer, as a two-letter code."),
    last_plan: text("Name of the plan whose subscription ended last."),
    ...money("last_mrr", "MRR that ended with the last churn", "NULL if no such activity is stored"),
    currency: text("Account's currency (ISO 4217); NULL if unknown."),
    customer_since: datetime("When the customer first paid (UTC)."),
    churned_at: datetime("When the customer last churned (UTC); NULL if no such activity is stored."),
    churn_month: accountDay("First day of the month of the last churn; NULL if `churned_at` is."),
    lifetime_days: integer("Days from the first payment to the last churn, including pauses.", "days"),
    lifetime_months: double(
      "Months of 30.44 days from the first payment to the last churn, including pauses.",
      "months",
    ),
  },
  {
    description: "Customers who left and have not returned: those with the status `Cancelled`.",
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
             AND own.customer_uuid IN (SELECT last.customer_uuid UNION ALL SELECT customer_uuid FROM survivors
               WHERE survivors.account = last.account AND survivor_uuid = last.customer_uuid)
             AND own.date = last.at AND own.deleted_at IS NULL) AS movement
        FROM (
          SELECT account, CAST(coalesce(survivor_uuid, customer_uuid) AS TEXT) AS customer_uuid, max(date) AS at
          FROM activities NOT INDEXED JOIN today USING (account) LEFT JOIN survivors USING (account, customer_uuid)
          WHERE type = 'churn' AND deleted_at IS NULL AND date <= read_until GROUP BY 1, 2) AS last
      ) AS churn ON churn.account = customers.account AND churn.customer_uuid = customers.uuid
      WHERE status = 'Cancelled' AND customers.deleted_at IS NULL`,
  },
);
