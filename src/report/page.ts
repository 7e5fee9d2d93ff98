import type { Warehouse } from "../database/open.ts";
import { type Figures, readFigures } from "./figures.ts";
import { countDaysBetween, describeFreshness, findFreshAsOf, findIncompleteTables } from "./freshness.ts";
import { Html, html } from "./html.ts";
import { readScripts } from "./libraries.ts";
import { createNumberFormats } from "./numbers.ts";
import { listScopes, type ReportScope } from "./scopes.ts";
import { renderSections, type SectionSource } from "./sections.ts";
import { style } from "./style.ts";
import { type Heading, renderTable } from "./tables.ts";

/** What a report is about. */
export interface ReportRequest {
  readonly accounts: readonly string[];
  /** What the last sync found changed, account by account, in lines. */
  readonly changes: SectionSource["changes"];
  readonly now: Date;
}

/**
 * A page of HTML that needs nothing else, neither a network nor another file: the summary tables of these accounts as charts, each
 * with the table that it is drawn from. Reads in one transaction if the caller has begun one.
 */
export function renderReport(warehouse: Warehouse, { accounts, changes, now }: ReportRequest): string {
  const scopes = listScopes(warehouse, accounts).map((scope) => ({
    scope,
    figures: readFigures(warehouse, scope),
  }));
  const made = minute(now);
  const articles = scopes.map(({ scope, figures }) => {
    const numbers = createNumberFormats(scope.currency);
    return html`<article id="${scope.id}"><h2>${headline(scope)}</h2>
${scope.name === null ? html`` : html`<p class="soft">${scope.name}</p>`}
<p class="soft">${describeFreshness(figures.tables, made)}</p>
${renderSections({ scope, figures, numbers, changes, made })}</article>
`;
  });
  const { libraries, charts, licences } = readScripts();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>ChartMogul report</title>
<style>${new Html(style)}</style>
</head>
<body>
<header><h1>ChartMogul report</h1>
<p class="soft">Made ${made} UTC. ${oldestReading(scopes)}</p>
<noscript><p>Charts are drawn by a script, and none may run here: the figures stand in the tables.</p></noscript></header>
${overview(scopes)}
<main>
${articles}</main>
<footer><p>MRR, ARR and their movements are in the account's currency; months are those of its own time zone. Made by chartmogul-warehouse from its summary tables; charts by Observable Plot and D3.</p></footer>
<!--
${new Html(licences.join("\n").replaceAll("-->", "-- >"))}
-->
${libraries.map(
  (library) => html`<script>${inScript(library)}</script>
`,
)}<script type="module">${inScript(charts)}</script>
</body>
</html>
`.text;
}

const inScript = (code: string) => new Html(code.replaceAll("</script", "<\\/script"));

const minute = (instant: Date) => instant.toISOString().slice(0, 16).replace("T", " ");

function headline({ title, currency, account }: ReportScope): string {
  if (account === undefined) return `All accounts in ${currency ?? "an unknown currency"}`;
  return currency === null ? `Account ${title}` : `Account ${title} (${currency})`;
}

interface ScopeFigures {
  readonly scope: ReportScope;
  readonly figures: Figures;
}

/** Where some accounts were read much longer ago than others: which one, and when. */
function oldestReading(shown: readonly ScopeFigures[]): string {
  const readings = shown.flatMap(({ scope: { account }, figures }) => {
    const since = findFreshAsOf(figures.tables);
    return account === undefined || since === null ? [] : [{ account, since }];
  });
  readings.sort((one, other) => one.since.localeCompare(other.since));
  const [oldest, newest] = [readings[0], readings.at(-1)];
  if (!oldest || !newest || countDaysBetween(oldest.since, newest.since) === 0) return "";
  return `Account ${oldest.account} was read longest ago: on ${oldest.since} UTC.`;
}

const overviewHeadings: readonly Heading[] = [
  ["account", "account", "text"],
  ["mrr", "MRR", "money"],
  ["currency", "in", "word"],
  ["customers", "customers", "count"],
  ["day", "on", "date"],
  ["status", "tables not read to their end", "count"],
];

/** Where there are several: what there is to choose from, and a list to do so. */
function overview(scopes: readonly ScopeFigures[]): Html {
  if (scopes.length < 2) return html``;
  const rows = scopes.map(({ scope, figures }) => {
    const [date = null, mrr = null, , , customers = null] = figures.days.at(-1) ?? [];
    const unsound = findIncompleteTables(figures.tables).length;
    const link = html`<a href="#${scope.id}">${scope.title}</a>`;
    return [link, mrr, scope.currency, customers, date, figures.tables.length === 0 ? null : unsound];
  });
  const plain = createNumberFormats(null);
  const choices = scopes.map(({ scope }) => html`<option value="${scope.id}">${headline(scope)}</option>`);
  return html`<figure id="overview"><figcaption><h2>Accounts</h2></figcaption>${renderTable("Accounts", overviewHeadings, rows, { ...plain, money: plain.roundMoney })}</figure>
<nav hidden><label>Show <select id="choice">${choices}</select></label> <span class="soft">Printing prints what is shown.</span></nav>
`;
}
