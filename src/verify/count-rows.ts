import type { Verification } from "./findings.ts";

/** The only value of a query whose first parameter is the account. */
export function countRows(
  { warehouse, account }: Pick<Verification, "warehouse" | "account">,
  sql: string,
  ...values: readonly (string | number)[]
): number {
  return Number(
    warehouse.sqlite
      .prepare(sql)
      .pluck()
      .get(account, ...values),
  );
}
