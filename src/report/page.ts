import type { Warehouse } from "../database/open.ts";
import { readFigures } from "./figures.ts";
import { describeFreshness } from "./freshness.ts";
import { Html, html } from "./html.ts";
import { readScripts } from "./libraries.ts";
import { createNumberFormats } from "./numbers.ts";
import { describeOldestAccount, nameScope, renderOverview } from "./overview.ts";
import { listScopes } from "./scopes.ts";
import type { SectionSource } from "./sections/figure.ts";
import { renderSections } from "./sections/sections.ts";
import { style } from "./style.ts";

/** What a report is about. */
export interface ReportRequest {
  readonly accounts: readonly string[];
  /** What the last sync found changed, account by account, in lines. */
  readonly changes: SectionSource["changes"];
  readonly now: Date;
}

/**
 * A page of HTML that needs neither a network nor another file: the summary tables of these accounts as charts, each with the table
 * that it is drawn from. It is of one moment if the caller has begun a transaction.
 */
export function renderReport(warehouse: Warehouse, { accounts, changes, now }: ReportRequest): string {
  const scopes = listScopes(warehouse, accounts).map((scope) => ({
    scope,
    figures: readFigures(warehouse, scope),
  }));
  const made = minute(now);
  const articles = scopes.map(({ scope, figures }) => {
    const numbers = createNumberFormats(scope.currency);
    return html`<article id="${scope.id}"><h2>${nameScope(scope)}</h2>
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
<p class="soft">Made ${made} UTC. ${describeOldestAccount(scopes)}</p>
<noscript><p>A script draws the charts, and no script may run here. The tables have all figures.</p></noscript></header>
${renderOverview(scopes)}
<main>
${articles}</main>
<footer><p>MRR, ARR and their movements are in the account's currency. Months are those of its own time zone. Made by chartmogul-warehouse from its summary tables; charts by Observable Plot and D3.</p></footer>
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
