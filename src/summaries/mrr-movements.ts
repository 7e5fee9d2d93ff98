import { accountDay, boolean, integer, money, required, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { customerColumns, referencesCustomer } from "./customer-columns.ts";
import { selectMonth } from "./select-month.ts";
import { type CustomerSums, defineByAccount, defineOverAllAccounts } from "./summary-table.ts";

/** ChartMogul's name for each kind of movement. */
const kinds = {
  new_business: "new_biz",
  expansion: "expansion",
  contraction: "contraction",
  churn: "churn",
  reactivation: "reactivation",
};

const movements = {
  ...money("new_business", "MRR of new customers"),
  ...money("expansion", "MRR gained because customers pay more"),
  ...money("contraction", "MRR lost because customers pay less", "negative"),
  ...money("churn", "MRR lost because customers stopped paying", "negative"),
  ...money("reactivation", "MRR of former customers who pay again"),
  ...money("net", "Sum of all movements"),
};

const moved = [...Object.keys(kinds), "net"].map((kind) => `${kind}_in_cents`);

/**
 * SQL for whether a customer whose movements add up to `mrr` is paying. Each movement is rounded to a cent, and so cents may remain of a
 * customer who left. If no more can remain than one cent for each movement, the last movement decides: of several at the same instant, the
 * one with the least MRR.
 */
const pays = (mrr: string, movements: string, until: string) => `CASE
  WHEN ${mrr} BETWEEN 1 AND ${movements} THEN coalesce((
    SELECT activity_mrr_in_cents > 0 FROM activities AS own
    WHERE own.account = so_far.account AND own.deleted_at IS NULL AND own.date ${until}
      AND activity_mrr_in_cents IS NOT NULL AND own.customer_uuid IN (
      SELECT so_far.customer_uuid UNION ALL
      SELECT customer_uuid FROM survivors WHERE survivors.account = so_far.account AND survivor_uuid = so_far.customer_uuid)
    ORDER BY own.date DESC, activity_mrr_in_cents LIMIT 1), 1)
  ELSE coalesce(${mrr}, 0) > 0 END`;

/** Other summary tables are derived from this one: it has every movement, with the month in which it counts. */
export const mrrMovementsByCustomer = accountTable(
  "mrr_movements_by_customer",
  {
    ...customerColumns,
    month: required(accountDay("First day of the month.")),
    ...movements,
    ...money("mrr", "Customer's MRR at the end of the month: the sum of all movements so far"),
    was_paying: boolean("Whether the customer was paying at the start of the month."),
    is_paying: boolean(
      "Whether the customer is paying at the end of the month. False if only cents from rounding remain in `mrr`.",
    ),
    currency: text("Account's currency (ISO 4217); NULL if unknown."),
  },
  {
    description:
      "MRR movements of each customer in each month in which its MRR changed, from the activities.",
    key: ["customer_uuid", "month"],
    references: referencesCustomer,
    // NOT INDEXED: sorting all activities is faster than seeking each one by the index of the customers.
    select: `
      WITH of_month AS (
        SELECT account, CAST(coalesce(survivor_uuid, customer_uuid) AS TEXT) AS customer_uuid, ${selectMonth("date")} AS month, today.currency,
          min(date) AS first_at, max(date) AS last_at, count(*) AS movements_of_month,
          ${Object.entries(kinds)
            .map(
              ([kind, type]) =>
                `sum(CASE type WHEN '${type}' THEN activity_mrr_movement_in_cents ELSE 0 END) AS ${kind}_in_cents`,
            )
            .join(", ")},
          coalesce(sum(activity_mrr_movement_in_cents), 0) AS net_in_cents
        FROM activities NOT INDEXED JOIN today USING (account) LEFT JOIN survivors USING (account, customer_uuid)
        WHERE deleted_at IS NULL AND date <= read_until AND customer_uuid IS NOT NULL
        GROUP BY 1, 2, 3),
      so_far AS (
        SELECT *, sum(net_in_cents) OVER up_to_month AS mrr_in_cents, sum(movements_of_month) OVER up_to_month AS movements
        FROM of_month WINDOW up_to_month AS (PARTITION BY account, customer_uuid ORDER BY month))
      SELECT so_far.*, name AS customer_name,
        ${pays("(so_far.mrr_in_cents - net_in_cents)", "movements - movements_of_month", "< first_at")} AS was_paying,
        ${pays("so_far.mrr_in_cents", "movements", "<= last_at")} AS is_paying
      FROM so_far LEFT JOIN customers ON customers.account = so_far.account AND uuid = so_far.customer_uuid`,
  },
);

const movedInMonth = [
  ...moved,
  "new_customers",
  "churned_customers",
  "reactivated_customers",
  "more_customers",
];

/** The movements of each month with movements, and how many more customers pay at its end than at its start. */
export const movementSums: CustomerSums = {
  key: ["month"],
  sums: movedInMonth,
  select: `
    SELECT account, month, ${moved.map((column) => `coalesce(sum(${column}), 0) AS ${column}`).join(", ")},
      coalesce(sum(new_business_in_cents <> 0), 0) AS new_customers, coalesce(sum(churn_in_cents <> 0), 0) AS churned_customers,
      coalesce(sum(reactivation_in_cents <> 0), 0) AS reactivated_customers,
      sum(is_paying - was_paying) AS more_customers
    FROM mrr_movements_by_customer GROUP BY account, month`,
  stored: "SELECT *, customers - customers_at_start AS more_customers FROM main.mrr_movements_by_month",
  complete: (sums) => `
    WITH moved AS (${sums}),
    begun AS (SELECT account, min(month) AS first FROM mrr_movements_by_customer GROUP BY account),
    filled AS (
      SELECT account, today.currency, months.month,
        ${movedInMonth.map((column) => `coalesce(${column}, 0) AS ${column}`).join(", ")}
      FROM begun JOIN today USING (account) JOIN months ON months.month >= first LEFT JOIN moved USING (account, month))
    SELECT *, mrr_in_cents - net_in_cents AS mrr_at_start_in_cents, customers - more_customers AS customers_at_start
    FROM (SELECT *, sum(net_in_cents) OVER so_far AS mrr_in_cents, sum(more_customers) OVER so_far AS customers
          FROM filled WINDOW so_far AS (PARTITION BY account ORDER BY month))`,
};

const byMonth = {
  description:
    "MRR movements of each month, from the activities. MRR at the start plus all movements is MRR at the end, where the next month starts. A movement of an unknown type counts only in `net`. An account that is no longer synced keeps its figures.",
  key: { month: required(accountDay("First day of the month.")) },
  sums: {
    ...money("mrr_at_start", "MRR at the start of the month"),
    ...movements,
    ...money("mrr", "MRR at the end of the month, or now"),
    customers_at_start: integer("Paying customers at the start of the month."),
    new_customers: integer("Customers with new business in the month."),
    churned_customers: integer("Customers who churned in the month."),
    reactivated_customers: integer("Former customers who paid again in the month."),
    customers: integer("Paying customers at the end of the month, or now."),
  },
  currency: "account" as const,
  select: movementSums.complete(movementSums.select),
};

export const mrrMovementsByMonth = defineByAccount("mrr_movements_by_month", byMonth);
export const mrrMovementsByMonthAllAccounts = defineOverAllAccounts("mrr_movements_by_month", byMonth);
