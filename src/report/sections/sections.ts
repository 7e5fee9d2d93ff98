import { type Html, html } from "../html.ts";
import { renderChurn, renderCohorts, renderCustomers, renderPlans, renderTopCustomers } from "./customers.ts";
import type { SectionSource } from "./figure.ts";
import { renderFreshness } from "./freshness.ts";
import { renderInvoices } from "./invoices.ts";
import { renderMovements, renderMrr } from "./revenue.ts";
import { renderTiles } from "./tiles.ts";

/** Everything that is shown of one scope, from its MRR to the freshness of its tables. */
export function renderSections(source: SectionSource): Html {
  const { days, months } = source.figures;
  if (months.length === 0 && days.every(({ mrr }) => mrr === 0)) {
    return html`<p>There are no figures of this account yet: no customer has paid, or no sync has ended.</p>
${renderFreshness(source)}`;
  }
  return html`${renderTiles(source)}${renderMrr(source)}${renderMovements(source)}<div class="two">${renderCustomers(source)}${renderChurn(source)}</div>
${renderCohorts(source)}<div class="two">${renderPlans(source)}${renderTopCustomers(source)}</div>${renderInvoices(source)}${renderFreshness(source)}`;
}
