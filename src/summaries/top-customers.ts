import { datetime, double, integer, money, text } from "../schema/columns.ts";
import { accountTable } from "../schema/table.ts";
import { customerColumns, referencesCustomer } from "./customer-columns.ts";

export const topCustomers = accountTable(
  "top_customers",
  {
    rank: integer("Rank within the account by MRR; 1 pays most."),
    ...customerColumns,
    company: text("Company name of the customer."),
    country: text("Country of the customer, as a two-letter code."),
    status: text("`Active` or `Past Due`."),
    customer_since: datetime("When the customer first paid (UTC)."),
    ...money("mrr", "Monthly recurring revenue"),
    currency: text("Account's currency (ISO 4217); NULL if unknown."),
    share_percent: double("Customer's part of the account's MRR, in percent.", "percent"),
    cumulative_share_percent: double(
      "Part of the account's MRR that this customer and all ranked above have, in percent.",
      "percent",
    ),
    rank_all_accounts: integer(
      "Rank within all accounts with the same currency; NULL if the account does not count or its currency is unknown.",
    ),
    share_percent_all_accounts: double(
      "Customer's part of the MRR of all accounts with the same currency, in percent; NULL if `rank_all_accounts` is.",
      "percent",
    ),
    cumulative_share_percent_all_accounts: double(
      "Part of that MRR that this customer and all ranked above have, in percent; NULL if `rank_all_accounts` is.",
      "percent",
    ),
  },
  {
    description: "All paying customers by MRR, and how much of the MRR depends on the largest ones.",
    key: ["customer_uuid"],
    references: referencesCustomer,
    // Most accounts have a currency of their own, and ranking their customers once more would sort them once more.
    select: `
      WITH paying AS (
        SELECT account, sum(mrr_in_cents) AS of_account FROM customers WHERE mrr_in_cents > 0 AND deleted_at IS NULL
        GROUP BY account),
      counted AS (
        SELECT account, of_account, currency, CASE WHEN is_counted THEN currency END AS counted_in FROM paying JOIN today USING (account)),
      totals AS MATERIALIZED (
        SELECT *, sum(of_account) OVER (PARTITION BY counted_in) AS of_currency,
          counted_in IS NOT NULL AND count(*) OVER (PARTITION BY counted_in) > 1 AS is_shared
        FROM counted),
      ranked AS (
        SELECT *, row_number() OVER by_account AS rank, sum(mrr_in_cents) OVER by_account AS up_to
        FROM (
          SELECT account, uuid AS customer_uuid, name AS customer_name, company, country, status, customer_since, mrr_in_cents,
            totals.currency, of_account, of_currency, counted_in, is_shared
          FROM customers JOIN totals USING (account) WHERE mrr_in_cents > 0 AND deleted_at IS NULL)
        WINDOW by_account AS (PARTITION BY account ORDER BY mrr_in_cents DESC, customer_uuid ROWS UNBOUNDED PRECEDING)),
      both AS (
        SELECT *, rank AS rank_in_currency, up_to AS up_to_in_currency FROM ranked WHERE NOT is_shared
        UNION ALL
        SELECT *, row_number() OVER by_currency, sum(mrr_in_cents) OVER by_currency FROM ranked WHERE is_shared
        WINDOW by_currency AS (PARTITION BY counted_in ORDER BY mrr_in_cents DESC, account, customer_uuid ROWS UNBOUNDED PRECEDING))
      SELECT *, round(100.0 * mrr_in_cents / of_account, 4) AS share_percent,
        round(100.0 * up_to / of_account, 4) AS cumulative_share_percent,
        CASE WHEN counted_in IS NOT NULL THEN rank_in_currency END AS rank_all_accounts,
        CASE WHEN counted_in IS NOT NULL THEN round(100.0 * mrr_in_cents / of_currency, 4) END AS share_percent_all_accounts,
        CASE WHEN counted_in IS NOT NULL THEN round(100.0 * up_to_in_currency / of_currency, 4) END
          AS cumulative_share_percent_all_accounts
      FROM both`,
  },
);
