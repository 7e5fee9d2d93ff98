import {
  type ChartRow,
  type Draw,
  formatExact,
  formatShort,
  formatWhole,
  readAmount,
} from "./chart-parts.ts";

const ruler = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;

/** How wide a text is in the type of the charts; no count of its signs tells, least of all in Japanese. */
function widthOf(text: string): number {
  ruler.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

/** As much of the beginning of a text as finds room. */
function cut(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  const signs = [...text].slice(0, 60);
  while (signs.length > 0 && widthOf(`${signs.join("")}…`) > room) signs.pop();
  return `${signs.join("")}…`;
}

/** MRR by plan, the largest twelve. */
export const drawPlans: Draw = (all, width) => {
  const rows = all.slice(0, 12).map((row) => ({ ...row, plan: String(row["plan"] ?? "(no name)") }));
  const longest = Math.max(0, ...rows.map(({ plan }) => widthOf(plan)));
  const room = Math.min(width * 0.45, 190, longest + 1);
  return {
    width,
    height: 34 + rows.length * 26,
    marginLeft: room + 12,
    marginRight: 56,
    x: { axis: null },
    y: { axis: null, domain: rows.map(({ plan }) => plan) },
    marks: [
      Plot.axisY({ label: null, tickSize: 0, tickFormat: (plan: string) => cut(plan, room) }),
      Plot.barX(rows, { x: "mrr", y: "plan", fill: "var(--accent)" }),
      Plot.text(rows, {
        x: "mrr",
        y: "plan",
        text: (row: ChartRow) => formatShort(readAmount(row, "mrr")),
        textAnchor: "start",
        dx: 4,
        fill: "currentColor",
      }),
      Plot.tip(
        rows,
        Plot.pointerY({
          x: "mrr",
          y: "plan",
          maxRadius: Infinity,
          // As if all bars were of one length: see createNearestAcross.
          px: () => 0,
          title: (row: ChartRow) =>
            `${row["plan"]}\nMRR ${formatExact(readAmount(row, "mrr"))} (${formatExact(readAmount(row, "share"))} %)\nsubscriptions ${formatWhole(readAmount(row, "subscriptions"))}`,
        }),
      ),
    ],
  };
};
