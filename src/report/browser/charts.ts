import type * as PlotLibrary from "@observablehq/plot";

// The page has Observable Plot in a script of its own before this one.
declare const Plot: typeof PlotLibrary;

type ChartRow = Readonly<Record<string, string | number | Date | null>>;
type ChartOptions = PlotLibrary.PlotOptions;
type Draw = (rows: readonly ChartRow[], width: number) => ChartOptions;

const monthFormat = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", month: "short", year: "numeric" });
const month = (value: unknown) => monthFormat.format(value as Date);
const whole = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const exact = (value: number) =>
  value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const short = (value: number) =>
  value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 });

const amount = (row: ChartRow | undefined, name: string) => Number(row?.[name] ?? 0);

/** The last ones that find room; the table has all. */
const fitting = (rows: readonly ChartRow[], width: number, each: number) =>
  rows.slice(-Math.max(6, Math.floor((width - 60) / each)));

const margins = { marginLeft: 52, marginRight: 12, marginTop: 12 };
/**
 * The nearest row to the left or right of the pointer, wherever it is. In the margins Plot measures the true distance: so that no
 * row is nearer by its height alone, all are taken to be at the same one, which must be a value that the axis has.
 */
const nearestAcross = (height: number) => ({ maxRadius: Infinity, py: () => height });

const amounts = { grid: true, tickFormat: short, label: null, nice: true };

/** Whether a day was first reported as something else; one that was not there at first has no such figure. */
const isRestated = (row: ChartRow | undefined) =>
  row !== undefined && amount(row, "restatements") > 0 && row["first"] !== null;

const days: Draw = (rows, width) => {
  // A line needs two days: a restated one between others is a dot.
  const alone = rows.filter(
    (row, index) => isRestated(row) && !isRestated(rows[index - 1]) && !isRestated(rows[index + 1]),
  );
  return {
    ...margins,
    width,
    height: Math.min(360, width * 0.55),
    x: { type: "utc", label: null },
    y: { ...amounts, zero: true },
    marks: [
      Plot.areaY(rows, { x: "date", y: "mrr", fill: "var(--accent)", fillOpacity: 0.12 }),
      Plot.lineY(rows, { x: "date", y: "mrr", stroke: "var(--accent)", strokeWidth: 2 }),
      Plot.dot(rows.slice(-1), { x: "date", y: "mrr", fill: "var(--accent)", r: 3 }),
      Plot.lineY(rows, {
        x: "date",
        y: (row: ChartRow) => (isRestated(row) ? amount(row, "first") : Number.NaN),
        stroke: "var(--warn)",
        strokeDasharray: "4 3",
        strokeWidth: 1.5,
      }),
      Plot.dot(alone, { x: "date", y: "first", fill: "var(--warn)", r: 2 }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.ruleX(rows, Plot.pointerX({ ...nearestAcross(0), x: "date", stroke: "var(--soft)" })),
      Plot.tip(rows, Plot.pointerX({ ...nearestAcross(0), x: "date", y: "mrr", title: titleOfDay })),
    ],
  };
};

function titleOfDay(row: ChartRow): string {
  const lines = [
    (row["date"] as Date).toISOString().slice(0, 10),
    `MRR ${exact(amount(row, "mrr"))}`,
    `customers ${whole(amount(row, "customers"))}`,
  ];
  if (isRestated(row)) lines.push(`first reported ${exact(amount(row, "first"))}`);
  return lines.join("\n");
}

const gains = { new_business: "gain", expansion: "gain-2", reactivation: "gain-3" };
const losses = { contraction: "loss-2", churn: "loss" };

/** Bars that float: each begins where the one before has ended. */
function floating(row: ChartRow, kinds: Readonly<Record<string, string>>) {
  let from = amount(row, "start");
  return Object.entries(kinds).map(([kind, colour]) => {
    const to = from + amount(row, kind);
    const bar = { month: row["month"], from, to, fill: `var(--${colour})` };
    from = to;
    return bar;
  });
}

/** Without those that are nothing: where nothing has moved there is no scale, and they would fill the chart. */
const moved = (rows: readonly ChartRow[], kinds: Readonly<Record<string, string>>) =>
  rows.flatMap((row) => floating(row, kinds)).filter(({ from, to }) => from !== to);

const movements: Draw = (all, width) => {
  const rows = fitting(all.slice(-13), width, 26);
  const inset = Math.max(1, width / rows.length / 30);
  const half = Math.max(3, (width - 64) / rows.length / 2.4);
  const [up, down] = [moved(rows, gains), moved(rows, losses)];
  const bars = (floats: typeof up, side: object) =>
    Plot.barY(floats, { x: "month", y1: "from", y2: "to", fill: "fill", ...side });
  return {
    ...margins,
    width,
    height: Math.min(360, width * 0.6),
    x: monthAxis(rows, width),
    y: { ...amounts, zero: up.length + down.length === 0 },
    color: { type: "identity" },
    marks: [
      bars(up, { insetLeft: inset, insetRight: half }),
      bars(down, { insetLeft: half, insetRight: inset }),
      Plot.tickY(rows, { x: "month", y: "mrr", stroke: "currentColor", strokeWidth: 1.5 }),
      Plot.tip(
        rows,
        Plot.pointerX({
          ...nearestAcross(amount(rows[0], "mrr")),
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
    month(row["month"]),
    `start ${exact(amount(row, "start"))}`,
    ...kinds
      .filter((kind) => amount(row, kind) !== 0)
      .map((kind) => `${kind.replace("_", " ")} ${exact(amount(row, kind))}`),
    `end ${exact(amount(row, "mrr"))}`,
  ].join("\n");
}

function monthAxis(rows: readonly ChartRow[], width: number): NonNullable<ChartOptions["x"]> {
  const every = Math.max(1, Math.ceil((rows.length * 44) / width));
  const shown = rows.map((row) => row["month"]).filter((_, index) => index % every === 0);
  return {
    type: "band",
    label: null,
    ticks: shown as Date[],
    tickFormat: (value: Date) =>
      value.getUTCMonth() === 0 || value === shown[0]
        ? `${value.toLocaleDateString("en-US", { timeZone: "UTC", month: "short" })}\n${value.getUTCFullYear()}`
        : value.toLocaleDateString("en-US", { timeZone: "UTC", month: "short" }),
    padding: 0.15,
  };
}

/** What the two charts that stand beside each other have in common. */
const beside = (rows: readonly ChartRow[], width: number) => ({
  ...margins,
  width,
  height: Math.min(300, width * 0.6),
  x: monthAxis(rows, width),
});

const customers: Draw = (all, width) => {
  const rows = fitting(all, width, 18);
  return {
    ...beside(rows, width),
    // There are no fifths of a customer.
    y: {
      ...amounts,
      zero: true,
      tickFormat: (value: number) => (Number.isInteger(value) ? short(value) : ""),
    },
    marks: [
      Plot.barY(rows, {
        x: "month",
        y: (row: ChartRow) => amount(row, "won") + amount(row, "back"),
        fill: "var(--gain)",
      }),
      Plot.barY(rows, { x: "month", y: (row: ChartRow) => -amount(row, "lost"), fill: "var(--loss)" }),
      Plot.ruleY([0], { stroke: "var(--soft)" }),
      Plot.lineY(rows, { x: "month", y: "customers", stroke: "var(--accent)", strokeWidth: 2 }),
      Plot.dot(rows, { x: "month", y: "customers", fill: "var(--accent)", r: 2.5 }),
      Plot.tip(
        rows,
        Plot.pointerX({
          ...nearestAcross(0),
          x: "month",
          y: "customers",
          title: (row: ChartRow) =>
            `${month(row["month"])}\npaying ${whole(amount(row, "customers"))}\nnew ${whole(amount(row, "won"))}, came back ${whole(amount(row, "back"))}\nleft ${whole(amount(row, "lost"))}`,
        }),
      ),
    ],
  };
};

const churn: Draw = (all, width) => {
  const rows = fitting(all, width, 18);
  return {
    ...beside(rows, width),
    y: {
      grid: true,
      label: null,
      // Where nobody left there would be no scale, and bars of no height would fill the chart.
      domain: [0, Math.max(1, ...rows.map((row) => amount(row, "churn")))],
      tickFormat: (value: number) => `${value} %`,
    },
    marks: [
      Plot.barY(rows, { x: "month", y: "churn", fill: "var(--loss)" }),
      Plot.ruleY([0], { stroke: "var(--soft)" }),
      Plot.tip(
        rows,
        Plot.pointerX({
          ...nearestAcross(0),
          x: "month",
          y: "churn",
          title: (row: ChartRow) => `${month(row["month"])}\n${exact(amount(row, "churn"))} %`,
        }),
      ),
    ],
  };
};

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

const plans: Draw = (all, width) => {
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
        text: (row: ChartRow) => short(amount(row, "mrr")),
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
          // As if all bars were of one length: see nearestAcross.
          px: () => 0,
          title: (row: ChartRow) =>
            `${row["plan"]}\nMRR ${exact(amount(row, "mrr"))} (${exact(amount(row, "share"))} %)\nsubscriptions ${whole(amount(row, "subscriptions"))}`,
        }),
      ),
    ],
  };
};

const draws: Readonly<Record<string, Draw>> = { days, movements, customers, churn, plans };

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
    draws[figure.dataset["chart"] ?? ""],
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
  // Only the first time: who has opened the table keeps it open.
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

// Only one account is shown at a time; without scripts all of them are.
const choice = document.querySelector<HTMLSelectElement>("#choice");
// Accounts can be chosen by the address, too: the overview links to them.
const articles = [...document.querySelectorAll<HTMLElement>("article")];
function show(id: string): void {
  for (const article of articles) article.hidden = article.id !== id;
}
function showAsked(select: HTMLSelectElement): void {
  const [, asked = ""] = /^#(.+)$/.exec(location.hash) ?? [];
  if (articles.some(({ id }) => id === asked)) select.value = asked;
  show(select.value);
}
if (choice) {
  choice.closest("nav")?.removeAttribute("hidden");
  choice.addEventListener("change", () => {
    history.replaceState(null, "", `#${choice.value}`);
    show(choice.value);
  });
  addEventListener("hashchange", () => showAsked(choice));
  showAsked(choice);
}
