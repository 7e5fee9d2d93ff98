import { expect, test } from "vitest";
import { createDictionary } from "../../src/dictionary/dictionary.ts";

const columns = createDictionary().flatMap(({ name: table, columns }) =>
  columns.map((column) => ({ table, ...column })),
);

/** Lists the columns that fit, each as `table.column: value`. */
function listColumns(
  value: "unit" | "wire_field",
  fits: (column: (typeof columns)[number]) => boolean,
): string[] {
  return columns.filter(fits).map((column) => `${column.table}.${column.name}: ${column[value]}`);
}

test("every amount of money names the currency of its hundredths, and nothing else is in hundredths", () => {
  const amounts = listColumns("unit", ({ name }) => name.endsWith("_in_cents"));
  expect(amounts.length).toBeGreaterThan(20);
  expect(listColumns("unit", ({ unit }) => unit?.startsWith("hundredths of ") ?? false)).toEqual(amounts);
  expect(amounts).toEqual(
    expect.arrayContaining([
      "customers.mrr_in_cents: hundredths of the account's currency",
      "invoice_transactions.amount_in_cents: hundredths of `invoices.currency`",
      "invoice_transactions.transaction_fees_in_cents: hundredths of `transaction_fees_currency`",
      "opportunities.amount_in_cents: hundredths of `currency`",
    ]),
  );
});

test("a currency that a unit names is a column", () => {
  const known = new Set(columns.flatMap(({ table, name }) => [`${table}.${name}`]));
  for (const { table, unit } of columns) {
    const [, currency] = /^hundredths of `(.+)`$/.exec(unit ?? "") ?? [];
    if (currency === undefined) continue;
    const column = currency.includes(".") ? currency : `${table}.${currency}`;
    expect(known, `${table}: ${unit}`).toContain(column);
  }
});

test("every instant is in UTC, and the days of metrics are those of the account", () => {
  expect(new Set(columns.filter(({ type }) => type === "DATETIME").map(({ unit }) => unit))).toEqual(
    new Set(["UTC"]),
  );
  expect(
    listColumns("unit", ({ table, type }) => /^(daily|period)_metric/.test(table) && type === "DATE"),
  ).toEqual(
    [
      "daily_metrics.date",
      "period_metrics.date",
      "period_metrics.up_to",
      "daily_metric_restatements.date",
      "period_metric_restatements.date",
    ].map((column) => `${column}: days in the account's time zone`),
  );
});

test.each([
  ["customers", "customer_since", "customer-since"],
  ["customers", "address_zip", "address.address_zip"],
  ["customers", "name", "name"],
  ["tasks", "uuid", "task_uuid"],
  ["daily_metrics", "arpa_in_cents", "metrics/all: arpa"],
  ["daily_metrics", "mrr_churn_in_cents", "metrics/mrr: mrr-churn"],
  ["subscription_events", "customer_external_id", "customer_external_id or data_source_customer_external_id"],
  ["invoice_line_items", "amount_in_cents", "line_items[].amount_in_cents"],
  ["customer_tags", "tag", "attributes.tags"],
  ["customer_attributes", "value", "attributes"],
  ["invoice_line_items", "invoice_uuid", null],
  ["invoice_line_items", "position", null],
  ["contacts", "position", "position"],
  ["customers", "merged_into", null],
  ["customers", "account", null],
  ["sync_runs", "error", null],
])("%s.%s comes from %s on the wire", (table, name, place) => {
  expect(columns.find((column) => column.table === table && column.name === name)?.wire_field).toBe(place);
});
