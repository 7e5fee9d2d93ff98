import {
  type ChartRow,
  createHalfWidth,
  createNearestAcross,
  type Draw,
  formatExact,
  formatMonth,
  readAmount,
  takeFitting,
} from "./chart-parts.ts";

/** Customer churn by month. */
export const drawChurn: Draw = (all, width) => {
  const rows = takeFitting(all, width, 18);
  return {
    ...createHalfWidth(rows, width),
    y: {
      grid: true,
      label: null,
      // Where nobody left there would be no scale, and bars of no height would fill the chart.
      domain: [0, Math.max(1, ...rows.map((row) => readAmount(row, "churn")))],
      tickFormat: (value: number) => `${value} %`,
    },
    marks: [
      Plot.barY(rows, { x: "month", y: "churn", fill: "var(--loss)" }),
      Plot.ruleY([0], { stroke: "var(--soft)" }),
      Plot.tip(
        rows,
        Plot.pointerX({
          ...createNearestAcross(0),
          x: "month",
          y: "churn",
          title: (row: ChartRow) =>
            `${formatMonth(row["month"])}\n${formatExact(readAmount(row, "churn"))} %`,
        }),
      ),
    ],
  };
};
