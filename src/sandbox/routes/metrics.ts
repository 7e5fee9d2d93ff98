import { type Interval, intervals } from "../../api/calendar.ts";
import { getEndOfMonth, readDay, toDay, writeDay } from "../metrics/calendar.ts";
import { type MovementHistory, readHistory } from "../metrics/history.ts";
import { cutIntoIntervals, type DayRange } from "../metrics/intervals.ts";
import { computeChange, type Measures, type Metric, measure, sumMovements } from "../metrics/measures.ts";
import { sortRows } from "../order.ts";
import { type Reply, refuse, refuseMissing, replyJson } from "../reply.ts";
import type { World } from "../world.ts";
import { byDate } from "./activities.ts";
import type { ApiRequest, Route } from "./route.ts";

const metricNames: Metric[] = [
  "mrr",
  "arr",
  "customer-churn-rate",
  "mrr-churn-rate",
  "ltv",
  "customers",
  "asp",
  "arpa",
];

const trailingDays = 30;

function readSet(query: URLSearchParams, name: string): Set<string> | undefined {
  const text = query.get(name);
  return text === null || text === "" ? undefined : new Set(text.split(","));
}

/** Selects activities by the country in `geo` and the plan in `plans`. `filters` (CFL) is accepted and ignored. */
function readMovements({ world, query }: ApiRequest): MovementHistory {
  const countries = readSet(query, "geo");
  const wanted = readSet(query, "plans");
  let activities = sortRows(world.activities, byDate);
  if (countries !== undefined) {
    const inside = new Set(
      world.customers.filter((one) => countries.has(one.country ?? "")).map((one) => one.uuid),
    );
    activities = activities.filter((activity) => inside.has(activity["customer-uuid"]));
  }
  if (wanted !== undefined) {
    const plans = world.plans.filter((one) =>
      [one.uuid, one.external_id, one.name].some((word) => wanted.has(word)),
    );
    // External ids are unique within a source only.
    const keys = new Set(plans.map((plan) => `${plan.data_source_uuid} ${plan.external_id}`));
    activities = activities.filter((one) =>
      keys.has(`${one["billing-connector-uuid"]} ${one["plan-external-id"]}`),
    );
  }
  return readHistory(activities, world.account.time_zone);
}

/** Independent of the range asked for, as in every recording. */
function summarize(history: MovementHistory, world: World): { current: Measures; previous: Measures } {
  const today = toDay(world.account.time_zone, world.now.getTime());
  const trailing = (back: number) =>
    measure(history, { from: today - back - trailingDays + 1, to: today - back });
  const month = (back: number) =>
    measure(history, { from: getEndOfMonth(today, -back - 1) + 1, to: getEndOfMonth(today, -back) });
  const fromMonths = ({ ltv, ...rates }: Measures) => ({
    ltv,
    "customer-churn-rate": rates["customer-churn-rate"],
    "mrr-churn-rate": rates["mrr-churn-rate"],
  });
  return {
    current: { ...trailing(0), ...fromMonths(month(1)) },
    previous: { ...trailing(trailingDays), ...fromMonths(month(2)) },
  };
}

/** Gives the range of the request, or the 400 for a missing parameter. The real body of that 400 is not known. */
function readRange(query: URLSearchParams): DayRange | Reply {
  const days = new Map<string, number>();
  for (const name of ["start-date", "end-date"]) {
    const text = query.get(name);
    if (text === null || text === "") return refuseMissing(name);
    const day = readDay(text);
    if (day === undefined) return refuse(400, `Parameter "${name}" is not a date`, name);
    days.set(name, day);
  }
  return { from: days.get("start-date") ?? 0, to: days.get("end-date") ?? 0 };
}

/** The intervals that a metric accepts. */
interface Choice {
  intervals: readonly Interval[];
  /** The default of 2016; today's is not known. */
  interval: Interval;
}

function readInterval(query: URLSearchParams, choice: Choice): Interval | Reply {
  // LTV has no interval parameter, and an unknown parameter is ignored.
  const asked = choice.intervals.length === 1 ? choice.interval : (query.get("interval") ?? choice.interval);
  return (
    choice.intervals.find((interval) => interval === asked) ?? refuse(400, "Invalid interval", "interval")
  );
}

interface IntervalEntry {
  range: DayRange;
  current: Measures;
  /** The same as `current` in the first entry, whose change is 0. */
  previous: Measures;
}

function entriesOf(history: MovementHistory, ranges: DayRange[]): IntervalEntry[] {
  const entries: IntervalEntry[] = [];
  for (const range of ranges) {
    const current = measure(history, range);
    entries.push({ range, current, previous: entries.at(-1)?.current ?? current });
  }
  return entries;
}

/** Makes a metrics path's reply from the entries and the summary. */
interface MetricShape {
  entry(history: MovementHistory, entry: IntervalEntry): Record<string, unknown>;
  summary(current: Measures, previous: Measures): Record<string, unknown>;
}

function single(metric: Metric): MetricShape {
  return {
    entry: (history, { range, current, previous }) => ({
      [metric]: current[metric],
      "percentage-change": computeChange(current[metric], previous[metric]),
      ...(metric === "mrr" ? sumMovements(history, range) : {}),
    }),
    summary: (current, previous) => ({
      current: current[metric],
      previous: previous[metric],
      "percentage-change": computeChange(current[metric], previous[metric]),
    }),
  };
}

const all: MetricShape = {
  entry(_history, { current, previous }) {
    const values: Record<string, number> = {};
    for (const metric of metricNames) {
      values[metric] = current[metric];
      values[`${metric}-percentage-change`] = computeChange(current[metric], previous[metric]);
    }
    return values;
  },
  summary(current, previous) {
    const values: Record<string, number> = {};
    for (const metric of metricNames) {
      values[`current-${metric}`] = current[metric];
      values[`previous-${metric}`] = previous[metric];
      values[`${metric}-percentage-change`] = computeChange(current[metric], previous[metric]);
    }
    return values;
  },
};

function replyWithMetric(call: ApiRequest, choice: Choice, shape: MetricShape): Reply {
  const range = readRange(call.query);
  if ("contentType" in range) return range;
  const interval = readInterval(call.query, choice);
  if (typeof interval === "object") return interval;
  const history = readMovements(call);
  const ranges = cutIntoIntervals(range, interval, call.world.account.week_start_on);
  const summary = summarize(history, call.world);
  return replyJson({
    entries: entriesOf(history, ranges).map((entry) => ({
      date: writeDay(entry.range.to),
      ...shape.entry(history, entry),
    })),
    summary: shape.summary(summary.current, summary.previous),
  });
}

function route(
  path: string,
  shape: MetricShape,
  interval: Interval,
  allowed: readonly Interval[] = intervals,
): Route {
  const choice: Choice = { intervals: allowed, interval };
  return { path, reply: (call) => replyWithMetric(call, choice, shape) };
}

/** The nine metrics: https://dev.chartmogul.com/reference/introduction-metrics-api. Not paged, no limit on the range. */
export const metricRoutes: Route[] = [
  route("/metrics/all", all, "month"),
  route("/metrics/mrr", single("mrr"), "day"),
  route("/metrics/arr", single("arr"), "day"),
  route("/metrics/arpa", single("arpa"), "day"),
  route("/metrics/asp", single("asp"), "month", ["month", "quarter", "year"]),
  route("/metrics/customer-count", single("customers"), "day"),
  route("/metrics/customer-churn-rate", single("customer-churn-rate"), "month"),
  route("/metrics/mrr-churn-rate", single("mrr-churn-rate"), "month"),
  route("/metrics/ltv", single("ltv"), "month", ["month"]),
];
