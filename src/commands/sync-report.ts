import type { ResourceReport } from "../sync/report.ts";
import { layOut } from "./table.ts";

/** The report as a table. */
export function layOutReport(reports: readonly ResourceReport[]): string[] {
  return layOut(
    [
      "account",
      "resource",
      "status",
      "pages",
      "fetched",
      "inserted",
      "updated",
      "unchanged",
      "restored",
      "deleted",
      "rejected",
      "missing",
      "seconds",
    ],
    reports.map((report) => [
      report.account,
      report.resource,
      report.status,
      report.pages,
      report.fetched,
      report.inserted,
      report.updated,
      report.unchanged,
      report.restored,
      report.deleted,
      report.rejected,
      report.missing,
      Math.round(report.milliseconds / 100) / 10,
    ]),
  );
}
