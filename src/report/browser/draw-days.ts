import {
  type ChartRow,
  createNearestAcross,
  type Draw,
  formatExact,
  formatWhole,
  margins,
  moneyAxis,
  readAmount,
} from "./chart-parts.ts";

/** Whether a day was first reported as something else; one that was not there at first has no such figure. */
const isRestated = (row: ChartRow | undefined) =>
  row !== undefined && readAmount(row, "restatements") > 0 && row["first"] !== null;

/** MRR by day, with what was first reported where that was something else. */
export const drawDays: Draw = (rows, width) => {
  // A line needs two days: a restated one between others is a dot.
  const alone = rows.filter(
    (row, index) => isRestated(row) && !isRestated(rows[index - 1]) && !isRestated(rows[index + 1]),
  );
  return {
    ...margins,
    width,
    height: Math.min(360, width * 0.55),
    x: { type: "utc", label: null },
    y: { ...moneyAxis, zero: true },
    marks: [
      Plot.areaY(rows, { x: "date", y: "mrr", fill: "var(--accent)", fillOpacity: 0.12 }),
      Plot.lineY(rows, { x: "date", y: "mrr", stroke: "var(--accent)", strokeWidth: 2 }),
      Plot.dot(rows.slice(-1), { x: "date", y: "mrr", fill: "var(--accent)", r: 3 }),
      Plot.lineY(rows, {
        x: "date",
        y: (row: ChartRow) => (isRestated(row) ? readAmount(row, "first") : Number.NaN),
        stroke: "var(--warn)",
        strokeDasharray: "4 3",
        strokeWidth: 1.5,
      }),
      Plot.dot(alone, { x: "date", y: "first", fill: "var(--warn)", r: 2 }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.ruleX(rows, Plot.pointerX({ ...createNearestAcross(0), x: "date", stroke: "var(--soft)" })),
      Plot.tip(rows, Plot.pointerX({ ...createNearestAcross(0), x: "date", y: "mrr", title: titleOfDay })),
    ],
  };
};

function titleOfDay(row: ChartRow): string {
  const lines = [
    (row["date"] as Date).toISOString().slice(0, 10),
    `MRR ${formatExact(readAmount(row, "mrr"))}`,
    `customers ${formatWhole(readAmount(row, "customers"))}`,
  ];
  if (isRestated(row)) lines.push(`first reported ${formatExact(readAmount(row, "first"))}`);
  return lines.join("\n");
}
