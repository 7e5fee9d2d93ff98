import { Html, html } from "./html.ts";
import { formatCount, formatMonth, formatPercent, type NumberFormats } from "./numbers.ts";

/** How the values of a column are written. Where room is short, only texts and instants take several lines. */
type CellKind = "text" | "word" | "instant" | "date" | "month" | "count" | "money" | "percent" | "ratio";

/** A column of a table. */
export interface Heading {
  /** The property of a row that it shows; the charts know it by the same name. */
  readonly name: string;
  readonly title: string;
  readonly kind: CellKind;
}

/** What a table shows. */
export interface TableContent {
  readonly headings: readonly Heading[];
  readonly rows: readonly object[];
  readonly numbers: NumberFormats;
}

/** HTML stays as it is. */
type CellValue = Html | string | number | null | undefined;

/**
 * A table that people read and that charts are drawn from: `data-value` holds the exact value where the text is another one. Values of
 * a row that have no heading are not shown.
 */
export function renderTable(title: string, { headings, rows, numbers }: TableContent): Html {
  const head = headings.map(
    ({ name, title: heading, kind }) =>
      html`<th scope="col" data-name="${name}" class="${classOf(kind)}">${heading}</th>`,
  );
  const body = rows.map((row) => {
    const values = row as Readonly<Record<string, CellValue>>;
    return html`<tr>${headings.map(({ name, kind }) => renderCell(values[name], kind, numbers))}</tr>
`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table aria-label="${title}"><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

function renderCell(value: CellValue, kind: CellKind, numbers: NumberFormats): Html {
  if (value === null || value === undefined) return html`<td></td>`;
  if (value instanceof Html) return html`<td class="${classOf(kind)}">${value}</td>`;
  const text = format(value, kind, numbers);
  const exact = String(value);
  return text === exact
    ? html`<td class="${classOf(kind)}">${text}</td>`
    : html`<td class="${classOf(kind)}" data-value="${exact}">${text}</td>`;
}

function format(value: string | number, kind: CellKind, { money }: NumberFormats): string {
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
