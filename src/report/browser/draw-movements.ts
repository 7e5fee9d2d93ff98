import {
  type ChartRow,
  createMonthAxis,
  createNearestAcross,
  type Draw,
  formatExact,
  formatMonth,
  margins,
  moneyAxis,
  readAmount,
  takeFitting,
} from "./chart-parts.ts";

const gains = { new_business: "gain", expansion: "gain-2", reactivation: "gain-3" };
const losses = { contraction: "loss-2", churn: "loss" };

/** Bars that float: each begins where the one before has ended. */
function floating(row: ChartRow, kinds: Readonly<Record<string, string>>) {
  let from = readAmount(row, "start");
  return Object.entries(kinds).map(([kind, colour]) => {
    const to = from + readAmount(row, kind);
    const bar = { month: row["month"], from, to, fill: `var(--${colour})` };
    from = to;
    return bar;
  });
}

/** Without those that are nothing: where nothing has moved there is no scale, and they would fill the chart. */
const moved = (rows: readonly ChartRow[], kinds: Readonly<Record<string, string>>) =>
  rows.flatMap((row) => floating(row, kinds)).filter(({ from, to }) => from !== to);

/** MRR movements by month, as bars that float between the MRR of two months. */
export const drawMovements: Draw = (all, width) => {
  const rows = takeFitting(all.slice(-13), width, 26);
  const inset = Math.max(1, width / rows.length / 30);
  const half = Math.max(3, (width - 64) / rows.length / 2.4);
  const [up, down] = [moved(rows, gains), moved(rows, losses)];
  const bars = (floats: typeof up, side: object) =>
    Plot.barY(floats, { x: "month", y1: "from", y2: "to", fill: "fill", ...side });
  return {
    ...margins,
    width,
    height: Math.min(360, width * 0.6),
    x: createMonthAxis(rows, width),
    y: { ...moneyAxis, zero: up.length + down.length === 0 },
    color: { type: "identity" },
    marks: [
      bars(up, { insetLeft: inset, insetRight: half }),
      bars(down, { insetLeft: half, insetRight: inset }),
      Plot.tickY(rows, { x: "month", y: "mrr", stroke: "currentColor", strokeWidth: 1.5 }),
      Plot.tip(
        rows,
        Plot.pointerX({
          ...createNearestAcross(readAmount(rows[0], "mrr")),
          x: "month",
          y: "mrr",
          title: titleOfMonth,
        }),
      ),
    ],
  };
};

function titleOfMonth(row: ChartRow): string {
  const kinds = ["new_business", "expansion", "reactivation", "contraction", "churn"];
  return [
    formatMonth(row["month"]),
    `start ${formatExact(readAmount(row, "start"))}`,
    ...kinds
      .filter((kind) => readAmount(row, kind) !== 0)
      .map((kind) => `${kind.replace("_", " ")} ${formatExact(readAmount(row, kind))}`),
    `end ${formatExact(readAmount(row, "mrr"))}`,
  ].join("\n");
}
