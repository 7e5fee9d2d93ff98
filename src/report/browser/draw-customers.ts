import {
  type ChartRow,
  createHalfWidth,
  createNearestAcross,
  type Draw,
  formatMonth,
  formatShort,
  formatWhole,
  moneyAxis,
  readAmount,
  takeFitting,
} from "./chart-parts.ts";

/** Paying customers by month, and how many came and left. */
export const drawCustomers: Draw = (all, width) => {
  const rows = takeFitting(all, width, 18);
  return {
    ...createHalfWidth(rows, width),
    // There are no fifths of a customer.
    y: {
      ...moneyAxis,
      zero: true,
      tickFormat: (value: number) => (Number.isInteger(value) ? formatShort(value) : ""),
    },
    marks: [
      Plot.barY(rows, {
        x: "month",
        y: (row: ChartRow) => readAmount(row, "won") + readAmount(row, "back"),
        fill: "var(--gain)",
      }),
      Plot.barY(rows, { x: "month", y: (row: ChartRow) => -readAmount(row, "lost"), fill: "var(--loss)" }),
      Plot.ruleY([0], { stroke: "var(--soft)" }),
      Plot.lineY(rows, { x: "month", y: "customers", stroke: "var(--accent)", strokeWidth: 2 }),
      Plot.dot(rows, { x: "month", y: "customers", fill: "var(--accent)", r: 2.5 }),
      Plot.tip(
        rows,
        Plot.pointerX({
          ...createNearestAcross(0),
          x: "month",
          y: "customers",
          title: (row: ChartRow) =>
            `${formatMonth(row["month"])}\npaying ${formatWhole(readAmount(row, "customers"))}\nnew ${formatWhole(readAmount(row, "won"))}, came back ${formatWhole(readAmount(row, "back"))}\nleft ${formatWhole(readAmount(row, "lost"))}`,
        }),
      ),
    ],
  };
};
