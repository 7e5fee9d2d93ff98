import type { Figures } from "./figures.ts";
import { countDaysBetween, findFreshAsOf, findIncompleteTables } from "./freshness.ts";
import { type Html, html } from "./html.ts";
import { createNumberFormats } from "./numbers.ts";
import type { ReportScope } from "./scopes.ts";
import { type Heading, renderTable } from "./tables.ts";

/** A scope and what is shown of it. */
export interface ScopeFigures {
  readonly scope: ReportScope;
  readonly figures: Figures;
}

/** The headline of a scope. */
export function nameScope({ title, currency, account }: ReportScope): string {
  if (account === undefined) return `All accounts in ${currency ?? "an unknown currency"}`;
  return currency === null ? `Account ${title}` : `Account ${title} (${currency})`;
}

/** A sentence that names the account that was read longest ago, if the accounts were read days apart; else nothing. */
export function describeOldestAccount(scopes: readonly ScopeFigures[]): string {
  const accounts = scopes.flatMap(({ scope: { account }, figures }) => {
    const freshAsOf = findFreshAsOf(figures.tables);
    return account === undefined || freshAsOf === null ? [] : [{ account, freshAsOf }];
  });
  accounts.sort((one, other) => one.freshAsOf.localeCompare(other.freshAsOf));
  const [oldest, newest] = [accounts[0], accounts.at(-1)];
  if (!oldest || !newest || countDaysBetween(oldest.freshAsOf, newest.freshAsOf) === 0) return "";
  return `Account ${oldest.account} was read longest ago: on ${oldest.freshAsOf} UTC.`;
}

const headings: readonly Heading[] = [
  { name: "account", title: "account", kind: "text" },
  { name: "mrr", title: "MRR", kind: "money" },
  { name: "currency", title: "in", kind: "word" },
  { name: "customers", title: "customers", kind: "count" },
  { name: "day", title: "on", kind: "date" },
  { name: "incomplete", title: "tables not read to their end", kind: "count" },
];

/** All scopes as a table, and a list to choose one; nothing where there is only one. */
export function renderOverview(scopes: readonly ScopeFigures[]): Html {
  if (scopes.length < 2) return html``;
  const rows = scopes.map(({ scope, figures }) => {
    const day = figures.days.at(-1);
    return {
      account: html`<a href="#${scope.id}">${scope.title}</a>`,
      mrr: day?.mrr,
      currency: scope.currency,
      customers: day?.customers,
      day: day?.date,
      incomplete: figures.tables.length === 0 ? null : findIncompleteTables(figures.tables).length,
    };
  });
  const formats = createNumberFormats(null);
  const numbers = { ...formats, money: formats.roundMoney };
  const choices = scopes.map(({ scope }) => html`<option value="${scope.id}">${nameScope(scope)}</option>`);
  return html`<figure id="overview"><figcaption><h2>Accounts</h2></figcaption>${renderTable("Accounts", { headings, rows, numbers })}</figure>
<nav hidden><label>Show <select id="choice">${choices}</select></label> <span class="soft">Printing prints what is shown.</span></nav>
`;
}
