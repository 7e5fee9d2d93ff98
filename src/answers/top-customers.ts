import { datetime, integer, money, real, text } from "../warehouse/columns.ts";
import { accountTable } from "../warehouse/table.ts";
import { references, whom } from "./customer-columns.ts";

const ranked = (within: string) =>
  `(PARTITION BY ${within} ORDER BY mrr_in_cents DESC, account, customer_uuid)`;
const share = (amount: string, within: string) =>
  `round(100.0 * ${amount} / sum(mrr_in_cents) OVER (PARTITION BY ${within}), 4)`;

export const topCustomers = accountTable(
  "top_customers",
  {
    rank: integer("1 for the customer of the account who pays most."),
    ...whom,
    company: text("Company of the customer."),
    country: text("Country of the customer, as a two-letter code."),
    status: text("`Active` or `Past Due`."),
    customer_since: datetime("When the customer first paid (UTC)."),
    ...money("mrr", "Monthly recurring revenue"),
    currency: text("The account's currency (ISO 4217)."),
    share_percent: real("Part of the account's MRR, in percent.", "percent"),
    cumulative_share_percent: real(
      "Part of it that this customer and all above have, in percent.",
      "percent",
    ),
    rank_all_accounts: integer("Rank among the customers of all accounts with the same currency."),
    share_percent_all_accounts: real("Part of the MRR of all accounts with the same currency.", "percent"),
    cumulative_share_percent_all_accounts: real(
      "Part of it that this customer and all above have.",
      "percent",
    ),
  },
  {
    description:
      "Every paying customer, the largest first, with how much of the MRR hangs on the largest ones.",
    key: ["customer_uuid"],
    references,
    select: `
      SELECT *, row_number() OVER ${ranked("account")} AS rank,
        ${share("mrr_in_cents", "account")} AS share_percent,
        ${share(`sum(mrr_in_cents) OVER ${ranked("account")}`, "account")} AS cumulative_share_percent,
        row_number() OVER ${ranked("currency")} AS rank_all_accounts,
        ${share("mrr_in_cents", "currency")} AS share_percent_all_accounts,
        ${share(`sum(mrr_in_cents) OVER ${ranked("currency")}`, "currency")} AS cumulative_share_percent_all_accounts
      FROM (
        SELECT account, uuid AS customer_uuid, name AS customer_name, company, country, status, customer_since, mrr_in_cents,
          today.currency
        FROM customers JOIN today USING (account) WHERE mrr_in_cents > 0 AND deleted_at IS NULL)`,
  },
);
