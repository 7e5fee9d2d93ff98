import { type Html, html } from "./html.ts";
import { monthName, percent } from "./numbers.ts";

interface Cell {
  readonly cohort: string;
  readonly months: number;
  readonly size: number;
  readonly share: number | null;
}

/** What is left of each cohort as a heat map: a table whose cells are the darker the more is left, up to so many percent. */
export function heatMap(cells: readonly Cell[], what: string, most: number): Html {
  const cohorts = [...new Set(cells.map(({ cohort }) => cohort))];
  const last = Math.max(0, ...cells.map(({ months }) => months));
  const columns = Array.from({ length: last + 1 }, (_, month) => month);
  const known = new Map(cells.map((cell) => [`${cell.cohort} ${cell.months}`, cell]));
  const rows = cohorts.map((cohort) => {
    const size = known.get(`${cohort} 0`)?.size ?? 0;
    const shares = columns.map((month) => heat(known.get(`${cohort} ${month}`), what, most));
    return html`<tr><th scope="row">${monthName(cohort)}</th><td class="number">${size}</td>${shares}</tr>
`;
  });
  const head = columns.map((month) => html`<th scope="col">${month}</th>`);
  return html`<div class="scroll"><table class="heat"><thead>
<tr><th scope="col">signed up</th><th scope="col" class="number">customers</th>${head}</tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function heat(cell: Cell | undefined, what: string, most: number): Html {
  if (cell?.share === null || cell === undefined) return html`<td></td>`;
  const { cohort, months, share } = cell;
  const strength = Math.round(Math.min(1, Math.max(0, share / most)) * 100);
  const title = `${monthName(cohort)}, after ${months} months: ${percent(share)} of ${what}`;
  return html`<td class="${strength > 55 ? "strong" : "weak"}" style="--heat: ${strength}%" data-value="${share}" title="${title}">${Math.round(share)}</td>`;
}
