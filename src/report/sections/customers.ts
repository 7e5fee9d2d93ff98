import { renderHeatMap } from "../heat-map.ts";
import { type Html, html } from "../html.ts";
import type { Heading } from "../tables.ts";
import {
  chooseAccountHeading,
  nameCurrency,
  renderChart,
  renderFigure,
  renderList,
  type SectionSource,
} from "./figure.ts";

const customerHeadings: readonly Heading[] = [
  { name: "month", title: "month", kind: "month" },
  { name: "start", title: "at its start", kind: "count" },
  { name: "won", title: "new", kind: "count" },
  { name: "back", title: "came back", kind: "count" },
  { name: "lost", title: "left", kind: "count" },
  { name: "customers", title: "at its end", kind: "count" },
];

/** Paying customers month by month. */
export function renderCustomers({ figures, numbers }: SectionSource): Html {
  const note =
    "Paying customers at the end of each month, and how many came and left. The chart has as many months as fit, the present one up to now. The table has all.";
  return renderChart("Customers", note, {
    chart: "customers",
    legend: [
      { colour: "accent", meaning: "paying" },
      { colour: "gain", meaning: "came" },
      { colour: "loss", meaning: "left" },
    ],
    headings: customerHeadings,
    rows: figures.customers,
    numbers,
  });
}

const metricHeadings: readonly Heading[] = [
  { name: "month", title: "month", kind: "month" },
  { name: "arpa", title: "ARPA", kind: "money" },
  { name: "ltv", title: "LTV", kind: "money" },
  { name: "churn", title: "customer churn", kind: "percent" },
  { name: "quick", title: "quick ratio", kind: "ratio" },
];

/** Customer churn month by month. */
export function renderChurn({ figures, numbers }: SectionSource): Html {
  const note =
    "Customers lost in each month, in percent of those at its start. The present month counts up to now.";
  return renderChart("Customer churn", note, {
    chart: "churn",
    legend: [{ colour: "loss", meaning: "customer churn rate" }],
    headings: metricHeadings,
    rows: figures.metrics,
    numbers,
  });
}

const cohortsShown = 24;

/** What is left of each cohort, in customers and in MRR. */
export function renderCohorts({ figures: { cohorts } }: SectionSource): Html {
  if (cohorts.length === 0) return html``;
  const map = (share: "customers" | "mrr", title: string, most: number) =>
    renderHeatMap(
      cohorts.map((row) => ({ ...row, share: row[share] })),
      { title, most, size: cohortsShown },
    );
  const note = `By the month of signup: the percentage that is left at the end of each later month. The map has the last ${cohortsShown} cohorts and their first ${cohortsShown} months. The table retention_by_cohort has all.`;
  return html`${renderFigure("Customers retained", note, map("customers", "Customers retained", 100))}${renderFigure(
    "MRR retained",
    `${note} The percentage is above 100 where expansion is larger than loss.`,
    map("mrr", "MRR retained", 200),
  )}`;
}

const planHeadings: readonly Heading[] = [
  { name: "plan", title: "plan", kind: "text" },
  { name: "subscriptions", title: "subscriptions", kind: "count" },
  { name: "customers", title: "customers", kind: "count" },
  { name: "mrr", title: "MRR", kind: "money" },
  { name: "share", title: "share", kind: "percent" },
];

/** MRR by plan. */
export function renderPlans({ figures: { plans }, numbers, scope }: SectionSource): Html {
  const cut = plans.length > 12 ? `: the twelve largest of ${plans.length}; the table has all` : "";
  return renderChart("Plans", `MRR by plan${nameCurrency(scope)}${cut}.`, {
    chart: "plans",
    legend: [{ colour: "accent", meaning: "MRR" }],
    headings: planHeadings,
    rows: plans,
    numbers,
  });
}

/** The customers who pay most. */
export function renderTopCustomers({ figures, numbers, scope }: SectionSource): Html {
  const headings: readonly Heading[] = [
    ...chooseAccountHeading(scope),
    { name: "customer", title: "customer", kind: "text" },
    { name: "country", title: "country", kind: "word" },
    { name: "mrr", title: "MRR", kind: "money" },
    { name: "share", title: "share", kind: "percent" },
    { name: "sum", title: "cumulative", kind: "percent" },
  ];
  return renderList("Largest customers", "The fifteen who pay most, and their share of the MRR.", {
    headings,
    rows: figures.top,
    numbers,
  });
}
