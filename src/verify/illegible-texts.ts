import { findIllegibleTexts } from "../store/illegible-texts.ts";
import type { Verification } from "./findings.ts";
import { formatCount } from "./format.ts";
import { hints } from "./hints.ts";

/** Looks for texts that not every reader can read, in the tables that `rebuild` does not fill. */
export function verifyTexts({ warehouse, account, report }: Verification): void {
  for (const { table, column, rows } of findIllegibleTexts(warehouse.sqlite, account)) {
    const found = `${formatCount(rows, "row")} with text in ${column} that not every reader can read`;
    report.fault(table, found, hints.rebuild);
  }
}
