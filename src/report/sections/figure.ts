import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { NumberFormats } from "../numbers.ts";
import type { ReportScope } from "../scopes.ts";
import { type Heading, renderTable, type TableContent } from "../tables.ts";

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

interface ChartContent extends TableContent {
  /** Which of the drawings in `browser/` is used. */
  readonly chart: string;
  readonly legend: readonly { readonly colour: string; readonly meaning: string }[];
}

/** A chart, which a script draws from the table behind it. The table is open until a script has closed it. */
export function renderChart(title: string, note: string, { chart, legend, ...table }: ChartContent): Html {
  const entries = legend.map(
    ({ colour, meaning }) => html`<li><i style="background: var(--${colour})"></i>${meaning}</li>`,
  );
  return html`<figure data-chart="${chart}">${caption(title, note)}
<ul class="legend">${entries}</ul><div class="chart"></div>
<details open><summary>The figures as a table</summary>${renderTable(title, table)}</details></figure>
`;
}

/** A titled table without a chart. */
export function renderList(title: string, note: string, table: TableContent): Html {
  return renderFigure(title, note, renderTable(title, table));
}

/** Titled content of any kind. */
export function renderFigure(title: string, note: string, content: Html): Html {
  return html`<figure>${caption(title, note)}${content}</figure>
`;
}

const caption = (title: string, note: string) =>
  html`<figcaption><h3>${title}</h3><p>${note}</p></figcaption>`;

/** The end of a sentence about amounts: their currency. */
export const nameCurrency = ({ currency }: ReportScope) => (currency === null ? "" : `, in ${currency}`);

/** The column of the account; none where every row is of the same account. */
export const chooseAccountHeading = ({ account }: ReportScope): readonly Heading[] =>
  account === undefined ? [{ name: "account", title: "account", kind: "text" }] : [];
