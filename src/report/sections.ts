import { heatMapSize, renderHeatMap } from "./cohorts.ts";
import type { Figures } from "./figures.ts";
import { describeFreshness, findIncompleteTables } from "./freshness.ts";
import { type Html, html } from "./html.ts";
import {
  formatCount,
  formatDay,
  formatMonth,
  formatPercent,
  formatSignedCount,
  type NumberFormats,
} from "./numbers.ts";
import type { ReportScope } from "./scopes.ts";
import { type Heading, renderTable } from "./tables.ts";

/** What the sections of a scope are made from. */
export interface SectionSource {
  readonly scope: ReportScope;
  readonly figures: Figures;
  readonly numbers: NumberFormats;
  /** What the last sync found changed, account by account, in lines. */
  readonly changes: readonly { readonly account: string; readonly lines: readonly string[] }[];
  /** When the page was made (UTC). */
  readonly made: string;
}

interface LegendEntry {
  readonly colour: string;
  readonly meaning: string;
}

interface TableContent {
  readonly headings: readonly Heading[];
  readonly rows: readonly (readonly unknown[])[];
  readonly numbers: NumberFormats;
}

const caption = (title: string, note: string) =>
  html`<figcaption><h3>${title}</h3><p>${note}</p></figcaption>`;

/** A chart, which a script draws from the table behind it; the table is open where no script has closed it. */
function chart(
  kind: string,
  title: string,
  note: string,
  keys: readonly LegendEntry[],
  behind: TableContent,
): Html {
  const legend = keys.map(
    ({ colour, meaning }) => html`<li><i style="background: var(--${colour})"></i>${meaning}</li>`,
  );
  return html`<figure data-chart="${kind}">${caption(title, note)}
<ul class="legend">${legend}</ul><div class="chart"></div>
<details open><summary>The figures as a table</summary>${renderTable(title, behind.headings, behind.rows, behind.numbers)}</details></figure>
`;
}

const plain = (title: string, note: string, content: Html) =>
  html`<figure>${caption(title, note)}${content}</figure>
`;

const list = (title: string, note: string, { headings, rows, numbers }: TableContent) =>
  plain(title, note, renderTable(title, headings, rows, numbers));

/** Everything that is shown of one scope. */
export function renderSections(subject: SectionSource): Html {
  const { figures } = subject;
  if (figures.months.length === 0 && figures.days.every(([, mrr]) => mrr === 0)) {
    return html`<p>There are no figures of this account yet: no customer has paid, or no sync has come to its end.</p>
${trust(subject)}`;
  }
  return html`${tiles(subject)}${mrr(subject)}${movements(subject)}<div class="two">${customers(subject)}${churn(subject)}</div>
${cohorts(subject)}<div class="two">${plans(subject)}${top(subject)}</div>${invoices(subject)}${trust(subject)}`;
}

function tile(title: string, value: string, note: Html): Html {
  return html`<div class="tile"><dt>${title}</dt><dd>${value}<div class="note">${note}</div></dd></div>`;
}

function difference(text: string, value: number, rest: string): Html {
  const direction = value > 0 ? "up" : value < 0 ? "down" : "";
  return html`<span class="${direction}">${text}</span> ${rest}`;
}

function tiles({ figures, numbers }: SectionSource): Html {
  const { days, months, metrics, customers: counted } = figures;
  const [day, month, people] = [days.at(-1), months.at(-1), counted.at(-1)];
  const mrr = day?.[1] ?? month?.[8] ?? 0;
  const paying = day?.[4] ?? people?.[5] ?? 0;
  // From the days, like the figures themselves: for some time after customers were merged the movements count otherwise.
  const before = days.findLast(([date]) => month !== undefined && date < month[0]);
  const gained = mrr - (before?.[1] ?? month?.[1] ?? 0);
  const more = paying - (before?.[4] ?? people?.[1] ?? 0);
  // An account that is no longer synced stands still while the months go on.
  const isCurrent = day === undefined || month === undefined || day[0] >= month[0];
  const when = day === undefined ? "now" : `on ${formatDay(day[0])}`;
  const since = (text: string, value: number) =>
    isCurrent ? difference(text, value, "since the month began") : html`${when}`;
  const over = metrics.at(-2);
  const lastMonth = over === undefined ? "no month is over yet" : `in ${formatMonth(over[0])}`;
  const shown = (value: number | null | undefined, written: (value: number) => string) =>
    value === null || value === undefined ? "–" : written(value);
  return html`<dl class="tiles">${[
    tile("MRR", numbers.roundMoney(mrr), since(numbers.signedMoney(gained), gained)),
    tile("ARR", numbers.roundMoney(mrr * 12), html`12 times MRR`),
    tile("Customers", formatCount(paying), since(formatSignedCount(more), more)),
    tile("MRR per customer", paying === 0 ? "–" : numbers.roundMoney(mrr / paying), html`ARPA, ${when}`),
    tile("Customer churn", shown(over?.[3], formatPercent), html`${lastMonth}`),
    tile(
      "Quick ratio",
      shown(over?.[4], (value) => value.toFixed(1)),
      html`MRR gained for each unit lost, ${lastMonth}`,
    ),
  ]}</dl>
`;
}

const dayHeadings: readonly Heading[] = [
  ["date", "day", "date"],
  ["mrr", "MRR", "money"],
  ["first", "as first reported", "money"],
  ["restatements", "restated", "count"],
  ["customers", "customers", "count"],
];

/** Behind a sentence about amounts: in which currency they are. */
const inCurrency = ({ currency }: ReportScope) => (currency === null ? "" : `, in ${currency}`);

function mrr({ figures: { days }, numbers, scope }: SectionSource): Html {
  const restated = days.filter(([, , , times]) => times > 0).length;
  const note =
    restated === 0
      ? `MRR at the end of each day${inCurrency(scope)}. ChartMogul has not changed any of them since they were stored.`
      : `MRR at the end of each day${inCurrency(scope)}. ChartMogul has changed ${formatCount(restated)} of ${formatCount(days.length)} days since they were stored; the dashed line is what it had said first.`;
  return chart(
    "days",
    "Monthly recurring revenue",
    note,
    [
      { colour: "accent", meaning: "MRR" },
      ...(restated === 0 ? [] : [{ colour: "warn", meaning: "as first reported" }]),
    ],
    { headings: dayHeadings, rows: days, numbers },
  );
}

const movementHeadings: readonly Heading[] = [
  ["month", "month", "month"],
  ["start", "at its start", "money"],
  ["new_business", "new business", "money"],
  ["expansion", "expansion", "money"],
  ["reactivation", "reactivation", "money"],
  ["contraction", "contraction", "money"],
  ["churn", "churn", "money"],
  ["net", "net", "money"],
  ["mrr", "at its end", "money"],
];

function movements({ figures: { months }, numbers, scope }: SectionSource): Html {
  return chart(
    "movements",
    "MRR movements",
    `From one month's MRR to the next${inCurrency(scope)}: what was gained is stacked up from where the month began, what was lost hangs down from there. The last months, thirteen at most, the present one up to now; the table has all.`,
    [
      { colour: "gain", meaning: "new business" },
      { colour: "gain-2", meaning: "expansion" },
      { colour: "gain-3", meaning: "reactivation" },
      { colour: "loss-2", meaning: "contraction" },
      { colour: "loss", meaning: "churn" },
    ],
    { headings: movementHeadings, rows: months, numbers },
  );
}

const customerHeadings: readonly Heading[] = [
  ["month", "month", "month"],
  ["start", "at its start", "count"],
  ["won", "new", "count"],
  ["back", "came back", "count"],
  ["lost", "left", "count"],
  ["customers", "at its end", "count"],
];

function customers({ figures, numbers }: SectionSource): Html {
  return chart(
    "customers",
    "Customers",
    "Paying customers at the end of each month, and how many came and left. The last months that find room, the present one up to now; the table has all.",
    [
      { colour: "accent", meaning: "paying" },
      { colour: "gain", meaning: "came" },
      { colour: "loss", meaning: "left" },
    ],
    { headings: customerHeadings, rows: figures.customers, numbers },
  );
}

const metricHeadings: readonly Heading[] = [
  ["month", "month", "month"],
  ["arpa", "ARPA", "money"],
  ["ltv", "LTV", "money"],
  ["churn", "customer churn", "percent"],
  ["quick", "quick ratio", "ratio"],
];

function churn({ figures, numbers }: SectionSource): Html {
  return chart(
    "churn",
    "Customer churn",
    "Customers lost in each month, in percent of those at its start. The present month counts up to now.",
    [{ colour: "loss", meaning: "customer churn rate" }],
    { headings: metricHeadings, rows: figures.metrics, numbers },
  );
}

function cohorts({ figures }: SectionSource): Html {
  if (figures.cohorts.length === 0) return html``;
  const map = (share: 3 | 4, title: string, most: number) =>
    renderHeatMap(
      figures.cohorts.map((row) => ({ cohort: row[0], months: row[1], size: row[2], share: row[share] })),
      title,
      most,
    );
  const note = `By the month of signup: percent that are left so many months later, at the end of each month that is over. The last ${heatMapSize} cohorts and their first ${heatMapSize} months; the table retention_by_cohort has all.`;
  return html`${plain("Customers retained", note, map(3, "Customers retained", 100))}${plain(
    "MRR retained",
    `${note} Above 100 where expansion is larger than loss.`,
    map(4, "MRR retained", 200),
  )}`;
}

const planHeadings: readonly Heading[] = [
  ["plan", "plan", "text"],
  ["subscriptions", "subscriptions", "count"],
  ["customers", "customers", "count"],
  ["mrr", "MRR", "money"],
  ["share", "share", "percent"],
];

function plans({ figures, numbers, scope }: SectionSource): Html {
  return chart(
    "plans",
    "Plans",
    `MRR by plan${inCurrency(scope)}${figures.plans.length > 12 ? `: the twelve largest of ${figures.plans.length}; the table has all` : ""}.`,
    [{ colour: "accent", meaning: "MRR" }],
    { headings: planHeadings, rows: figures.plans, numbers },
  );
}

function top({ figures, numbers, scope }: SectionSource): Html {
  const headings: readonly Heading[] = [
    ...(scope.account === undefined ? [["account", "account", "text"] as const] : []),
    ["customer", "customer", "text"],
    ["country", "country", "word"],
    ["mrr", "MRR", "money"],
    ["share", "share", "percent"],
    ["sum", "cumulative", "percent"],
  ];
  return list("Largest customers", "The fifteen that pay most, and how much of the MRR hangs on them.", {
    headings,
    rows: withoutAccount(scope, figures.top),
    numbers,
  });
}

/** Where all rows are of one account it need not be said. */
function withoutAccount(scope: ReportScope, rows: readonly (readonly unknown[])[]) {
  return scope.account === undefined ? rows : rows.map((row) => row.slice(1));
}

function invoices({ figures, numbers, scope }: SectionSource): Html {
  const amounts: NumberFormats = {
    ...numbers,
    money: (amount) => amount.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ","),
  };
  const account = scope.account === undefined ? [["account", "account", "text"] as const] : [];
  const sums: readonly Heading[] = [
    ["overdue", "overdue for", "text"],
    ["invoices", "invoices", "count"],
    ["outstanding", "to be paid", "money"],
    ["currency", "in", "word"],
  ];
  const single: readonly Heading[] = [
    ...account,
    ["invoice", "invoice", "text"],
    ["customer", "customer", "text"],
    ["due", "due", "date"],
    ["days", "days", "count"],
    ["outstanding", "to be paid", "money"],
    ["currency", "in", "word"],
  ];
  if (figures.unpaid.length === 0) return plain("Open invoices", "No invoice is open.", html``);
  const overdue =
    figures.overdue.length === 0
      ? plain("Overdue invoices", "None is overdue.", html``)
      : list("Overdue invoices", "The fifteen that are overdue for longest.", {
          headings: single,
          rows: withoutAccount(scope, figures.overdue),
          numbers: amounts,
        });
  return html`${list("Open invoices", "What remains to be paid, in the currency of the invoices.", {
    headings: sums,
    rows: figures.unpaid,
    numbers: amounts,
  })}${overdue}`;
}

function trust({ figures, numbers, scope, changes, made }: SectionSource): Html {
  const account = scope.account === undefined ? [["account", "account", "text"] as const] : [];
  const runs: readonly Heading[] = [
    ...account,
    ["run", "run", "word"],
    ["trigger", "by", "word"],
    ["started", "began (UTC)", "instant"],
    ["seconds", "seconds", "count"],
    ["status", "ended as", "word"],
    ["changed", "written", "count"],
  ];
  const tables: readonly Heading[] = [
    ...account,
    ["table", "table", "text"],
    ["rows", "rows", "count"],
    ["deleted", "deleted", "count"],
    ["confirmed", "read since (UTC)", "instant"],
    ["status", "last reading", "word"],
    ["missing", "left out", "count"],
  ];
  const found = changes.filter((of) => scope.accounts.includes(of.account));
  return html`${plain(
    "What the last sync found changed",
    "Customers won and lost, MRR, plans, statuses, restated months. A first sync finds nothing changed.",
    html`${found.map(({ lines }) => html`<pre>${lines.join("\n").trimEnd()}</pre>`)}`,
  )}${list("How fresh it is", soundness(figures, made), {
    headings: tables,
    rows: withoutAccount(
      scope,
      figures.tables.map((row) => row.slice(0, -1)),
    ),
    numbers,
  })}${list("Runs", "The last fifteen syncs, the newest first.", {
    headings: runs,
    rows: withoutAccount(scope, figures.runs),
    numbers,
  })}`;
}

/** Whether what is shown can be relied on. */
function soundness({ tables, runs }: Figures, made: string): string {
  const unsound = findIncompleteTables(tables).length;
  const which =
    unsound === 1
      ? "1 table was not read to its end"
      : `${formatCount(unsound)} tables were not read to their end`;
  const ended = runs[0]?.[5];
  const missing = new Set(
    tables.flatMap(([, , , , , , records, resource]) =>
      records > 0 ? [`${formatCount(records)} of ${resource}`] : [],
    ),
  );
  return [
    unsound === 0 ? "" : `${which} the last time. `,
    missing.size === 0
      ? ""
      : `Left out of all figures, because the last sync did not find them and they are too many to be marked as deleted: ${[...missing].join(", ")}. `,
    describeFreshness(tables, made),
    ended === undefined || ended === "complete" ? "" : ` The newest run is ${ended}.`,
  ].join("");
}
