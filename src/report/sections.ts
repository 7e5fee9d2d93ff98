import { heatMap } from "./cohorts.ts";
import type { Figures } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { count, monthName, type Numbers, percent } from "./numbers.ts";
import type { Scope } from "./scopes.ts";
import { type Heading, table } from "./tables.ts";

/** What the sections of a scope are made from. */
export interface Subject {
  readonly scope: Scope;
  readonly figures: Figures;
  readonly numbers: Numbers;
  /** What the last sync found changed, account by account, in lines. */
  readonly changes: readonly { readonly account: string; readonly lines: readonly string[] }[];
}

interface Key {
  readonly colour: string;
  readonly meaning: string;
}

/** A chart, which a script draws from the table behind it. */
function chart(kind: string, title: string, note: string, keys: readonly Key[], behind: Html): Html {
  const legend = keys.map(
    ({ colour, meaning }) => html`<li><i style="background: var(--${colour})"></i>${meaning}</li>`,
  );
  return html`<figure data-chart="${kind}"><h3>${title}</h3><figcaption>${note}</figcaption>
<ul class="legend">${legend}</ul><div class="chart"></div>
<details><summary>The figures as a table</summary>${behind}</details></figure>
`;
}

const plain = (title: string, note: string, content: Html) =>
  html`<figure><h3>${title}</h3><figcaption>${note}</figcaption>${content}</figure>
`;

/** Everything that is shown of one scope. */
export function sections(subject: Subject): Html {
  const { figures } = subject;
  if (figures.days.length === 0 && figures.months.length === 0) {
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

function tiles({ figures, numbers }: Subject): Html {
  const { days, months, metrics, customers: counted } = figures;
  const [now, month, people] = [days.at(-1), months.at(-1), counted.at(-1)];
  const [, currentMrr = month?.[8] ?? 0, , , paying = people?.[5] ?? 0] = now ?? [];
  const [, start = 0] = month ?? [];
  const [, before = 0] = people ?? [];
  const over = metrics.at(-2);
  const lastMonth = over === undefined ? "" : `in ${monthName(over[0])}`;
  const shown = (value: number | null | undefined, written: (value: number) => string) =>
    value === null || value === undefined ? "–" : written(value);
  const gained = currentMrr - start;
  return html`<dl class="tiles">${[
    tile(
      "MRR",
      numbers.roundMoney(currentMrr),
      difference(numbers.signedMoney(gained), gained, "since the month began"),
    ),
    tile("ARR", numbers.roundMoney(currentMrr * 12), html`12 times MRR`),
    tile(
      "Customers",
      count(paying),
      difference(
        (paying - before).toLocaleString("en-US", { signDisplay: "exceptZero" }),
        paying - before,
        "since the month began",
      ),
    ),
    tile("MRR per customer", paying === 0 ? "–" : numbers.roundMoney(currentMrr / paying), html`now (ARPA)`),
    tile("Customer churn", shown(over?.[3], percent), html`${lastMonth}`),
    tile(
      "Quick ratio",
      shown(over?.[4], (value) => value.toFixed(1)),
      html`MRR gained for each unit lost ${lastMonth}`,
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

function mrr({ figures: { days }, numbers }: Subject): Html {
  const restated = days.filter(([, , , times]) => times > 0).length;
  const note =
    restated === 0
      ? "MRR at the end of each day. ChartMogul has not changed any of them since they were stored."
      : `MRR at the end of each day. ChartMogul has changed ${count(restated)} of ${count(days.length)} days since they were stored; the dashed line is what it had said first.`;
  return chart(
    "days",
    "Monthly recurring revenue",
    note,
    [
      { colour: "accent", meaning: "MRR" },
      ...(restated === 0 ? [] : [{ colour: "warn", meaning: "as first reported" }]),
    ],
    table(dayHeadings, days, numbers),
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

function movements({ figures: { months }, numbers }: Subject): Html {
  return chart(
    "movements",
    "MRR movements",
    "From one month's MRR to the next: what was gained is stacked up from where the month began, what was lost hangs down from there. The last thirteen months, the present one up to now; the table has all.",
    [
      { colour: "gain", meaning: "new business" },
      { colour: "gain-2", meaning: "expansion" },
      { colour: "gain-3", meaning: "reactivation" },
      { colour: "loss-2", meaning: "contraction" },
      { colour: "loss", meaning: "churn" },
    ],
    table(movementHeadings, months, numbers),
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

function customers({ figures, numbers }: Subject): Html {
  return chart(
    "customers",
    "Customers",
    "Paying customers at the end of each month, and how many came and left.",
    [
      { colour: "accent", meaning: "paying" },
      { colour: "gain", meaning: "came" },
      { colour: "loss", meaning: "left" },
    ],
    table(customerHeadings, figures.customers, numbers),
  );
}

const metricHeadings: readonly Heading[] = [
  ["month", "month", "month"],
  ["arpa", "ARPA", "money"],
  ["ltv", "LTV", "money"],
  ["churn", "customer churn", "percent"],
  ["quick", "quick ratio", "ratio"],
];

function churn({ figures, numbers }: Subject): Html {
  return chart(
    "churn",
    "Customer churn",
    "Customers lost in each month, in percent of those at its start.",
    [{ colour: "loss", meaning: "customer churn rate" }],
    table(metricHeadings, figures.metrics, numbers),
  );
}

function cohorts({ figures }: Subject): Html {
  if (figures.cohorts.length === 0) return html``;
  const map = (share: 3 | 4, what: string, most: number) =>
    heatMap(
      figures.cohorts.map((row) => ({ cohort: row[0], months: row[1], size: row[2], share: row[share] })),
      what,
      most,
    );
  const note = "By the month of signup: percent that are left at the end of each later month that is over.";
  return html`${plain("Customers retained", note, map(3, "the customers", 100))}${plain(
    "MRR retained",
    `${note} Above 100 where expansion is larger than loss.`,
    map(4, "the new business", 200),
  )}`;
}

const planHeadings: readonly Heading[] = [
  ["plan", "plan", "text"],
  ["subscriptions", "subscriptions", "count"],
  ["customers", "customers", "count"],
  ["mrr", "MRR", "money"],
  ["share", "share", "percent"],
];

function plans({ figures, numbers }: Subject): Html {
  return chart(
    "plans",
    "Plans",
    "MRR today by plan.",
    [{ colour: "accent", meaning: "MRR" }],
    table(planHeadings, figures.plans, numbers),
  );
}

function top({ figures, numbers, scope }: Subject): Html {
  const headings: readonly Heading[] = [
    ...(scope.account === undefined ? [["account", "account", "word"] as const] : []),
    ["customer", "customer", "text"],
    ["country", "country", "text"],
    ["mrr", "MRR", "money"],
    ["share", "share", "percent"],
    ["sum", "cumulative", "percent"],
  ];
  return plain(
    "Largest customers",
    "The fifteen that pay most, and how much of the MRR hangs on them.",
    table(headings, withoutAccount(scope, figures.top), numbers),
  );
}

/** Where all rows are of one account it need not be said. */
function withoutAccount(scope: Scope, rows: readonly (readonly unknown[])[]) {
  return scope.account === undefined ? rows : rows.map((row) => row.slice(1));
}

function invoices({ figures, numbers, scope }: Subject): Html {
  const amounts: Numbers = {
    ...numbers,
    money: (amount) => amount.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ","),
  };
  const account = scope.account === undefined ? [["account", "account", "word"] as const] : [];
  const sums: readonly Heading[] = [
    ["currency", "currency", "word"],
    ["overdue", "overdue for", "text"],
    ["invoices", "invoices", "count"],
    ["outstanding", "outstanding", "money"],
  ];
  const single: readonly Heading[] = [
    ...account,
    ["invoice", "invoice", "word"],
    ["customer", "customer", "text"],
    ["due", "due", "date"],
    ["days", "days", "count"],
    ["outstanding", "outstanding", "money"],
    ["currency", "", "word"],
  ];
  if (figures.unpaid.length === 0) return plain("Open invoices", "No invoice is open.", html``);
  const overdue =
    figures.overdue.length === 0
      ? plain("Overdue invoices", "None is overdue.", html``)
      : plain(
          "Overdue invoices",
          "The fifteen that are overdue for longest.",
          table(single, withoutAccount(scope, figures.overdue), amounts),
        );
  return html`<div class="two">${plain(
    "Open invoices",
    "What remains to be paid, in the currency of the invoices.",
    table(sums, figures.unpaid, amounts),
  )}${overdue}</div>`;
}

function trust({ figures, numbers, scope, changes }: Subject): Html {
  const account = scope.account === undefined ? [["account", "account", "word"] as const] : [];
  const runs: readonly Heading[] = [
    ...account,
    ["run", "run", "word"],
    ["trigger", "by", "word"],
    ["started", "began (UTC)", "date"],
    ["seconds", "seconds", "count"],
    ["status", "ended as", "word"],
    ["changed", "written", "count"],
  ];
  const tables: readonly Heading[] = [
    ...account,
    ["table", "table", "word"],
    ["rows", "rows", "count"],
    ["deleted", "deleted", "count"],
    ["confirmed", "read since (UTC)", "date"],
    ["status", "last reading", "word"],
  ];
  const found = changes.filter((of) => scope.accounts.includes(of.account));
  const unsound = figures.tables.filter((row) => row[5] !== "complete").length;
  return html`${plain(
    "What the last sync found changed",
    "Customers won and lost, MRR, plans, statuses, restated months. A first sync finds nothing changed.",
    html`${found.map(({ lines }) => html`<pre>${lines.join("\n").trimEnd()}</pre>`)}`,
  )}<div class="two">${plain(
    "How fresh it is",
    unsound === 0
      ? "Every table was read to its end."
      : `${count(unsound)} tables were not read to their end the last time.`,
    table(tables, withoutAccount(scope, figures.tables), numbers),
  )}${plain(
    "Runs",
    "The last fifteen syncs, the newest first.",
    table(runs, withoutAccount(scope, figures.runs), numbers),
  )}</div>`;
}
