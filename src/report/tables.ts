import { Html, html } from "./html.ts";
import { formatCount, formatMonth, formatPercent, type NumberFormats } from "./numbers.ts";

/** How the values of a column are written; where room is short, only texts and instants take several lines. */
type CellKind = "text" | "word" | "instant" | "date" | "month" | "count" | "money" | "percent" | "ratio";

/** A column: its name for the charts, its title, and how its values are written. */
export type Heading = readonly [name: string, title: string, kind: CellKind];

/** HTML stays as it is. */
type CellValue = unknown;

/** A table that people read and that charts are drawn from: the exact value stands in `data-value` where the text is another. */
export function renderTable(
  title: string,
  headings: readonly Heading[],
  rows: readonly (readonly CellValue[])[],
  numbers: NumberFormats,
): Html {
  const head = headings.map(
    ([name, title, kind]) => html`<th scope="col" data-name="${name}" class="${classOf(kind)}">${title}</th>`,
  );
  const body = rows.map(
    (row) => html`<tr>${headings.map(([, , kind], index) => cell(row[index], kind, numbers))}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table aria-label="${title}"><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

function cell(value: CellValue, kind: CellKind, numbers: NumberFormats): Html {
  if (value === null || value === undefined) return html`<td></td>`;
  if (value instanceof Html) return html`<td class="${classOf(kind)}">${value}</td>`;
  const text = written(value, kind, numbers);
  const exact = String(value);
  return text === exact
    ? html`<td class="${classOf(kind)}">${text}</td>`
    : html`<td class="${classOf(kind)}" data-value="${exact}">${text}</td>`;
}

function written(value: CellValue, kind: CellKind, { money }: NumberFormats): string {
  switch (kind) {
    case "money":
      return money(Number(value));
    case "count":
      return formatCount(Number(value));
    case "percent":
      return formatPercent(Number(value));
    case "ratio":
      return Number(value).toFixed(2);
    case "month":
      return formatMonth(String(value));
    default:
      return String(value);
  }
}

const classOf = (kind: CellKind) => {
  if (kind === "text" || kind === "word" || kind === "instant") return kind;
  return kind === "date" || kind === "month" ? "day" : "number";
};
