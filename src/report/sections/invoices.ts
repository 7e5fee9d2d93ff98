import { type Html, html } from "../html.ts";
import type { NumberFormats } from "../numbers.ts";
import type { Heading } from "../tables.ts";
import { chooseAccountHeading, renderFigure, renderList, type SectionSource } from "./figure.ts";

const sumHeadings: readonly Heading[] = [
  { name: "overdue", title: "overdue for", kind: "text" },
  { name: "invoices", title: "invoices", kind: "count" },
  { name: "outstanding", title: "to be paid", kind: "money" },
  { name: "currency", title: "in", kind: "word" },
];

const invoiceHeadings: readonly Heading[] = [
  { name: "invoice", title: "invoice", kind: "text" },
  { name: "customer", title: "customer", kind: "text" },
  { name: "due", title: "due", kind: "date" },
  { name: "days", title: "days", kind: "count" },
  { name: "outstanding", title: "to be paid", kind: "money" },
  { name: "currency", title: "in", kind: "word" },
];

/** Open and overdue invoices. */
export function renderInvoices({ figures, numbers, scope }: SectionSource): Html {
  if (figures.unpaid.length === 0) return renderFigure("Open invoices", "No invoice is open.", html``);
  // Invoices have currencies of their own, and a column that names them.
  const amounts: NumberFormats = { ...numbers, money: formatWithoutCurrency };
  const open = renderList("Open invoices", "The amounts still to be paid, in the currency of the invoices.", {
    headings: sumHeadings,
    rows: figures.unpaid,
    numbers: amounts,
  });
  if (figures.overdue.length === 0) {
    return html`${open}${renderFigure("Overdue invoices", "No invoice is overdue.", html``)}`;
  }
  const overdue = renderList("Overdue invoices", "The fifteen that have been overdue for longest.", {
    headings: [...chooseAccountHeading(scope), ...invoiceHeadings],
    rows: figures.overdue,
    numbers: amounts,
  });
  return html`${open}${overdue}`;
}

const formatWithoutCurrency = (amount: number) => amount.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
