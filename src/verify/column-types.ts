import type { Resource } from "../resources/resource.ts";
import { getShape } from "../schema/table.ts";
import { countMistypedValues } from "../store/mistyped-values.ts";
import type { Verification } from "./findings.ts";
import { formatCount } from "./format.ts";
import { hints } from "./hints.ts";

/** Looks for values that are not of the declared type of their column, as older versions stored them. */
export function verifyColumnTypes(
  { warehouse, account, report }: Verification,
  { table, children }: Resource,
): void {
  for (const each of [table, ...children.map((child) => child.table)]) {
    for (const { column, rows, expected } of countMistypedValues(warehouse, account, each)) {
      const found = `${formatCount(rows, "row")} with ${rows === 1 ? "a value" : "values"} in ${column} other than ${expected}`;
      report.fault(getShape(each).name, found, hints.columnTypes);
    }
  }
}
