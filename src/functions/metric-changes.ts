import { toPlain } from "../json/exact-number.ts";

const change = "-percentage-change";

type DatedValues = Readonly<Record<string, unknown>> & { readonly date: string };

/**
 * The same entries, with each change calculated again from the entry before: ChartMogul calculates it within the requested range,
 * so that the first entry of a range has 0. In percent with two decimals; 0 where the earlier value is 0, null where a value is not known.
 */
export function recalculateChanges<Values extends DatedValues>(entries: readonly Values[]): Values[] {
  return entries.map((entry, index) => {
    const before = entries[index - 1] ?? entry;
    const counted = Object.keys(entry)
      .filter((key) => key.endsWith(change))
      .map((key) => {
        const metric = key.slice(0, -change.length);
        return [key, percent(toPlain(before[metric]), toPlain(entry[metric]))];
      });
    return { ...entry, ...Object.fromEntries(counted) };
  });
}

function percent(before: unknown, after: unknown): number | null {
  if (typeof before !== "number" || typeof after !== "number") return null;
  if (before === 0) return 0;
  // Adding 0 makes 0 of -0.
  return Math.round(((after - before) / Math.abs(before)) * 10_000) / 100 + 0;
}
