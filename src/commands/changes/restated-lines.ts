import { type RestatedMetric, type RestatedMonth, restatedMetrics } from "../../changes/restated-months.ts";
import { groupDigits, layOut } from "../table.ts";
import { fillLines, listNames } from "./fill-lines.ts";
import { createMoneyFormat, signed } from "./money.ts";
import { layOutSection } from "./section.ts";

/** Months of one metric that follow each other, all with the same difference. */
interface Stretch {
  readonly from: RestatedMonth;
  readonly to: RestatedMonth;
}

const words: Readonly<Record<RestatedMetric, string>> = {
  mrr_in_cents: "MRR",
  mrr_new_business_in_cents: "new business",
  mrr_expansion_in_cents: "expansion",
  mrr_contraction_in_cents: "contraction",
  mrr_churn_in_cents: "churn",
  mrr_reactivation_in_cents: "reactivation",
  customers: "customers",
};

/** The restated months as a table, newest first. `restated` is ordered by metric, then by month. */
export function layOutRestated(restated: readonly RestatedMonth[], currency: string | null): string[] {
  const different = restated.filter((month) => differenceOf(month) !== 0);
  const stretches = different.reduce<Stretch[]>(intoStretches, []).sort(newestFirst);
  const [header = "", _rule, ...rows] = table(stretches);
  const months = new Set(different.map(({ month }) => month));
  const unit = currency === null ? "" : `, in ${currency}`;
  const lines = layOutSection(
    `restated months (${months.size}): difference of each month${unit}`,
    rows.map((row, index) => (index === 0 ? [header, row] : [row])),
  );
  const same = [...new Set(restated.map(({ month }) => month))].filter((month) => !months.has(month)).sort();
  if (same.length === 0) return lines;
  const newest = listNames(same.slice(-5).reverse(), same.length);
  return [...lines, ...fillLines("days restated, month unchanged:", newest, "  "), ""];
}

function differenceOf({ before, after }: RestatedMonth): number {
  return after - before;
}

function intoStretches(stretches: Stretch[], month: RestatedMonth): Stretch[] {
  const last = stretches.at(-1);
  const goesOn =
    last?.to.metric === month.metric &&
    differenceOf(last.to) === differenceOf(month) &&
    monthAfter(last.to.month) === month.month;
  if (goesOn) stretches[stretches.length - 1] = { from: last.from, to: month };
  else stretches.push({ from: month, to: month });
  return stretches;
}

function monthAfter(month: string): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year ?? 0, number ?? 0)).toISOString().slice(0, 7);
}

function newestFirst(one: Stretch, other: Stretch): number {
  return (
    other.to.month.localeCompare(one.to.month) ||
    other.from.month.localeCompare(one.from.month) ||
    restatedMetrics.indexOf(one.to.metric) - restatedMetrics.indexOf(other.to.metric)
  );
}

function table(stretches: readonly Stretch[]): string[] {
  const { plain } = createMoneyFormat(null);
  const amounts = stretches.map(({ from, to }) => {
    const isMoney = to.metric !== "customers";
    const difference = differenceOf(to);
    const change = isMoney
      ? plain(difference, signed)
      : `${difference > 0 ? "+" : ""}${groupDigits(difference)}`;
    // The values before and after differ from month to month.
    if (from !== to) return [change, "", ""];
    return [change, ...[to.before, to.after].map((value) => (isMoney ? plain(value) : groupDigits(value)))];
  });
  const titles = ["difference", "before", "after"];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...amounts.map((row) => row[column]?.length ?? 0)),
  );
  const right = (row: readonly string[]) => row.map((text, column) => text.padStart(widths[column] ?? 0));
  const rows = stretches.map(({ from, to }, index) => [
    from === to ? to.month : `${from.month} to ${to.month}`,
    words[to.metric],
    ...right(amounts[index] ?? []),
  ]);
  return layOut(["months", "metric", ...right(titles)], rows);
}
