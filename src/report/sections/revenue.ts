import type { Html } from "../html.ts";
import { formatCount } from "../numbers.ts";
import type { Heading } from "../tables.ts";
import { nameCurrency, renderChart, type SectionSource } from "./figure.ts";

const dayHeadings: readonly Heading[] = [
  { name: "date", title: "day", kind: "date" },
  { name: "mrr", title: "MRR", kind: "money" },
  { name: "first", title: "as first reported", kind: "money" },
  { name: "restatements", title: "restated", kind: "count" },
  { name: "customers", title: "customers", kind: "count" },
];

/** MRR day by day. */
export function renderMrr({ figures: { days }, numbers, scope }: SectionSource): Html {
  const restated = days.filter(({ restatements }) => restatements > 0).length;
  const shown = `MRR at the end of each day${nameCurrency(scope)}.`;
  const note =
    restated === 0
      ? `${shown} ChartMogul has not changed any of them since they were stored.`
      : `${shown} ChartMogul has changed ${formatCount(restated)} of ${formatCount(days.length)} days since they were stored. The dashed line shows its first figures.`;
  return renderChart("Monthly recurring revenue", note, {
    chart: "days",
    legend: [
      { colour: "accent", meaning: "MRR" },
      ...(restated === 0 ? [] : [{ colour: "warn", meaning: "as first reported" }]),
    ],
    headings: dayHeadings,
    rows: days,
    numbers,
  });
}

const movementHeadings: readonly Heading[] = [
  { name: "month", title: "month", kind: "month" },
  { name: "start", title: "at its start", kind: "money" },
  { name: "new_business", title: "new business", kind: "money" },
  { name: "expansion", title: "expansion", kind: "money" },
  { name: "reactivation", title: "reactivation", kind: "money" },
  { name: "contraction", title: "contraction", kind: "money" },
  { name: "churn", title: "churn", kind: "money" },
  { name: "net", title: "net", kind: "money" },
  { name: "mrr", title: "at its end", kind: "money" },
];

/** MRR movements month by month. */
export function renderMovements({ figures, numbers, scope }: SectionSource): Html {
  const note = `From one month's MRR to the next${nameCurrency(scope)}. Gains are stacked up from where the month began; losses go down from there. The chart has the last months, thirteen at most, the present one up to now. The table has all.`;
  return renderChart("MRR movements", note, {
    chart: "movements",
    legend: [
      { colour: "gain", meaning: "new business" },
      { colour: "gain-2", meaning: "expansion" },
      { colour: "gain-3", meaning: "reactivation" },
      { colour: "loss-2", meaning: "contraction" },
      { colour: "loss", meaning: "churn" },
    ],
    headings: movementHeadings,
    rows: figures.months,
    numbers,
  });
}
