import type { ChartRow, Draw } from "./chart-parts.ts";
import { chooseAccount } from "./choose-account.ts";
import { drawChurn } from "./draw-churn.ts";
import { drawCustomers } from "./draw-customers.ts";
import { drawDays } from "./draw-days.ts";
import { drawMovements } from "./draw-movements.ts";
import { drawPlans } from "./draw-plans.ts";

const drawings: Readonly<Record<string, Draw>> = {
  days: drawDays,
  movements: drawMovements,
  customers: drawCustomers,
  churn: drawChurn,
  plans: drawPlans,
};

/** The rows of the table behind a chart: numbers and days by the class of their column, everything else as it is written. */
function readRows(table: HTMLTableElement): ChartRow[] {
  const columns = [...table.querySelectorAll("th")].map(({ dataset, className }) => ({
    name: dataset["name"] ?? "",
    className,
  }));
  return [...table.tBodies].flatMap(({ rows }) =>
    [...rows].map((row) =>
      Object.fromEntries(
        columns.map(({ name, className }, index) => [name, valueIn(row.cells.item(index), className)]),
      ),
    ),
  );
}

function valueIn(cell: HTMLTableCellElement | null, kind: string): string | number | Date | null {
  const text = cell?.dataset["value"] ?? cell?.textContent ?? "";
  if (text === "") return null;
  if (kind === "number") return Number(text);
  return kind === "day" ? new Date(text) : text;
}

function draw(figure: HTMLElement): void {
  const [place, table, kind] = [
    figure.querySelector<HTMLElement>(".chart"),
    figure.querySelector("table"),
    drawings[figure.dataset["chart"] ?? ""],
  ];
  if (!place || !table || !kind || place.clientWidth === 0) return;
  const title = figure.querySelector("h3")?.textContent ?? "";
  const plot = Plot.plot({
    ...kind(readRows(table), place.clientWidth),
    ariaLabel: title,
    ariaDescription: "The figures follow as a table.",
    style: { background: "transparent" },
  });
  plot.setAttribute("role", "img");
  // Only the first time: a table that the reader has opened stays open.
  if (!place.hasChildNodes()) figure.querySelector("details")?.removeAttribute("open");
  place.replaceChildren(plot);
}

const figures = [...document.querySelectorAll<HTMLElement>("figure[data-chart]")];
const widths = new Map<Element, number>();
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (widths.get(target) === contentRect.width) continue;
    widths.set(target, contentRect.width);
    draw(target.closest("figure") as HTMLElement);
  }
});
for (const figure of figures) {
  const place = figure.querySelector(".chart");
  if (place) observer.observe(place);
}

chooseAccount();
