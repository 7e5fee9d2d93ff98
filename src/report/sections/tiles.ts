import type { Figures } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { formatCount, formatDay, formatMonth, formatPercent, formatSignedCount } from "../numbers.ts";
import type { SectionSource } from "./figure.ts";

/** The figures in large print: MRR, ARR, customers and the rates of the last month that is over. */
export function renderTiles({ figures, numbers }: SectionSource): Html {
  const now = findCurrentFigures(figures);
  const since = (text: string, difference: number) =>
    now.isCurrent ? renderDifference(text, difference) : html`${now.when}`;
  const lastMonth = figures.metrics.at(-2);
  const inMonth = lastMonth === undefined ? "no month is over yet" : `in ${formatMonth(lastMonth.month)}`;
  const perCustomer = now.customers === 0 ? "–" : numbers.roundMoney(now.mrr / now.customers);
  return html`<dl class="tiles">${[
    renderTile("MRR", numbers.roundMoney(now.mrr), since(numbers.signedMoney(now.mrrGained), now.mrrGained)),
    renderTile("ARR", numbers.roundMoney(now.mrr * 12), html`12 times MRR`),
    renderTile(
      "Customers",
      formatCount(now.customers),
      since(formatSignedCount(now.customersGained), now.customersGained),
    ),
    renderTile("MRR per customer", perCustomer, html`ARPA, ${now.when}`),
    renderTile("Customer churn", formatIfKnown(lastMonth?.churn, formatPercent), html`${inMonth}`),
    renderTile(
      "Quick ratio",
      formatIfKnown(lastMonth?.quick, (value) => value.toFixed(1)),
      html`MRR gained for each unit lost, ${inMonth}`,
    ),
  ]}</dl>
`;
}

/** Where MRR and customers stand, and what they gained since the month began. */
function findCurrentFigures({ days, months, customers }: Figures) {
  const [day, month, people] = [days.at(-1), months.at(-1), customers.at(-1)];
  // The days are the source: for some time after customers were merged, the movements count otherwise.
  const before = days.findLast(({ date }) => month !== undefined && date < month.month);
  const mrr = day?.mrr ?? month?.mrr ?? 0;
  const paying = day?.customers ?? people?.customers ?? 0;
  return {
    mrr,
    mrrGained: mrr - (before?.mrr ?? month?.start ?? 0),
    customers: paying,
    customersGained: paying - (before?.customers ?? people?.start ?? 0),
    when: day === undefined ? "now" : `on ${formatDay(day.date)}`,
    // The figures of an account that is no longer synced stand still while the months go on.
    isCurrent: day === undefined || month === undefined || day.date >= month.month,
  };
}

function formatIfKnown(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}

function renderTile(title: string, value: string, note: Html): Html {
  return html`<div class="tile"><dt>${title}</dt><dd>${value}<div class="note">${note}</div></dd></div>`;
}

function renderDifference(text: string, value: number): Html {
  const direction = value > 0 ? "up" : value < 0 ? "down" : "";
  return html`<span class="${direction}">${text}</span> since the month began`;
}
