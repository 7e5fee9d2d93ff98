import { type Html, html } from "./html.ts";
import { formatMonth } from "./numbers.ts";

interface CohortCell {
  readonly cohort: string;
  readonly months: number;
  readonly size: number;
  readonly share: number | null;
}

interface HeatMapOptions {
  readonly title: string;
  /** The percentage from which on a cell is darkest. */
  readonly most: number;
  /** How many cohorts are shown, the newest ones, and how many months of each. */
  readonly size: number;
}

/** What is left of each cohort, month by month: a table whose cells are darker where more is left. */
export function renderHeatMap(all: readonly CohortCell[], { title, most, size }: HeatMapOptions): Html {
  const cohorts = [...new Set(all.map(({ cohort }) => cohort))].slice(-size);
  const cells = all.filter(({ cohort, months }) => cohorts.includes(cohort) && months < size);
  const last = Math.max(0, ...cells.map(({ months }) => months));
  const columns = Array.from({ length: last + 1 }, (_, month) => month);
  const known = new Map(cells.map((cell) => [`${cell.cohort} ${cell.months}`, cell]));
  const rows = cohorts.map((cohort) => {
    const customers = known.get(`${cohort} 0`)?.size ?? 0;
    const shares = columns.map((month) => renderShare(known.get(`${cohort} ${month}`), most));
    return html`<tr><th scope="row">${formatMonth(cohort)}</th><td class="number">${customers}</td>${shares}</tr>
`;
  });
  const head = columns.map((month) => html`<th scope="col">${month}</th>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="heat" aria-label="${title}"><thead>
<tr><th scope="col">signed up</th><th scope="col" class="number">customers</th>${head}</tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function renderShare(cell: CohortCell | undefined, most: number): Html {
  if (cell?.share === null || cell === undefined) return html`<td></td>`;
  const strength = Math.round(Math.min(1, Math.max(0, cell.share / most)) * 100);
  return html`<td style="--heat: ${strength}%" data-value="${cell.share}">${Math.round(cell.share)}</td>`;
}
