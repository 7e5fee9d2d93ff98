import * as z from "zod";
import { intervals } from "../api/calendar.ts";
import { ApiError, ArgumentError } from "../errors.ts";
import type { Metrics, MetricsValues } from "./chartmogul.ts";
import { formatInstant } from "./fresh-as-of.ts";
import { recalculateChanges } from "./metric-changes.ts";
import { day } from "./parameters.ts";
import { live, type ReadFunction } from "./read-function.ts";
import { readStoredDays, readStoredPeriods } from "./stored-metrics.ts";

const types = ["absolute", "percentage"] as const;

const parameters = z.strictObject({
  start_date: day().describe("First day, YYYY-MM-DD, in the account's time zone."),
  end_date: day().describe("Last day, YYYY-MM-DD."),
  interval: z
    .enum(intervals, `is not one of ${intervals.join(", ")}`)
    .default("month")
    .describe("Length of an interval: day, week, month (default), quarter or year."),
  type: z
    .enum(types, `is not one of ${types.join(", ")}`)
    .default("absolute")
    .describe("absolute: values and changes; percentage: changes against the interval before only."),
  ...live(false),
});

/** https://dev.chartmogul.com/reference/metrics */
export const getMetrics: ReadFunction<typeof parameters, Metrics> = {
  name: "get_metrics",
  description:
    "Returns MRR, ARR, ARPA, ASP, LTV, the number of customers and the churn rates for each interval of a range of days. Money is in hundredths of the account's currency, rates are in percent.",
  parameters,
  fromWarehouse(account, given) {
    refuseBackwards(given);
    const { interval } = given;
    const { entries, notes, fresh_as_of } =
      interval === "day" ? readStoredDays(account, given) : readStoredPeriods(account, interval, given);
    const shown = recalculateChanges(entries).map(selectShape(given.type));
    return { entries: shown, ...(notes.length > 0 && { note: notes.join(" ") }), fresh_as_of };
  },
  async live({ api }, given) {
    refuseBackwards(given);
    const query = { "start-date": given.start_date, "end-date": given.end_date, interval: given.interval };
    const parsed = answer.safeParse(await api.get("metrics/all", query));
    if (!parsed.success) {
      throw new ApiError('ChartMogul answered GET /metrics/all without a list of dated "entries"', {
        hint: "Report it.",
      });
    }
    const shape = selectShape(given.type);
    const { entries, summary } = parsed.data;
    return {
      entries: entries.map(shape),
      ...(summary && { summary: shape(summary) }),
      fresh_as_of: formatInstant(api.now()),
    };
  },
};

const isObject = (value: unknown) => typeof value === "object" && value !== null;

const answer = z.object({
  entries: z.array(
    z.custom<MetricsValues>(
      (entry) => isObject(entry) && typeof (entry as { date?: unknown }).date === "string",
    ),
  ),
  summary: z.custom<NonNullable<Metrics["summary"]>>(isObject).optional(),
});

function refuseBackwards({ start_date, end_date }: { start_date: string; end_date: string }): void {
  if (start_date <= end_date) return;
  throw new ArgumentError(`start_date ${start_date} is after end_date ${end_date}`, {
    hint: "Put the earlier day first.",
  });
}

const isShown = (key: string) => key === "date" || key.endsWith("-percentage-change");

function selectShape(type: (typeof types)[number]) {
  return <Values extends object>(entry: Values): Values =>
    type === "absolute"
      ? entry
      : (Object.fromEntries(Object.entries(entry).filter(([key]) => isShown(key))) as Values);
}
