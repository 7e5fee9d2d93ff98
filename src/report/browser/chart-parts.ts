import type * as PlotLibrary from "@observablehq/plot";

declare global {
  // The page has Observable Plot in a script of its own before this one.
  const Plot: typeof PlotLibrary;
}

export type ChartRow = Readonly<Record<string, string | number | Date | null>>;
type ChartOptions = PlotLibrary.PlotOptions;
export type Draw = (rows: readonly ChartRow[], width: number) => ChartOptions;

const monthFormat = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", month: "short", year: "numeric" });
export const formatMonth = (value: unknown) => monthFormat.format(value as Date);
export const formatWhole = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
export const formatExact = (value: number) =>
  value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const formatShort = (value: number) =>
  value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 });

export const readAmount = (row: ChartRow | undefined, name: string) => Number(row?.[name] ?? 0);

/** The last rows that fit; the table has all. */
export const takeFitting = (rows: readonly ChartRow[], width: number, each: number) =>
  rows.slice(-Math.max(6, Math.floor((width - 60) / each)));

export const margins = { marginLeft: 52, marginRight: 12, marginTop: 12 };
/**
 * The nearest row to the left or right of the pointer, wherever it is. In the margins Plot measures the true distance. A row must not
 * be nearer by its height alone, so all rows count as being at this height, which must be a value of the axis.
 */
export const createNearestAcross = (height: number) => ({ maxRadius: Infinity, py: () => height });

export const moneyAxis = { grid: true, tickFormat: formatShort, label: null, nice: true };

export function createMonthAxis(rows: readonly ChartRow[], width: number): NonNullable<ChartOptions["x"]> {
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

/** What the two charts that are beside each other have in common. */
export const createHalfWidth = (rows: readonly ChartRow[], width: number) => ({
  ...margins,
  width,
  height: Math.min(300, width * 0.6),
  x: createMonthAxis(rows, width),
});
