import { type Answer, json, missing, refuse } from "../answer.ts";
import { dayIn, endOfMonth, readDay, writeDay } from "../metrics/calendar.ts";
import { type History, readHistory } from "../metrics/history.ts";
import { cut, INTERVALS, type Interval, type Stretch } from "../metrics/intervals.ts";
import { change, type Measures, type Metric, measure, movementsOver } from "../metrics/measures.ts";
import { inOrder } from "../order.ts";
import type { World } from "../world.ts";
import { byDate } from "./activities.ts";
import type { Call, Route } from "./call.ts";

const METRICS: Metric[] = [
  "mrr",
  "arr",
  "customer-churn-rate",
  "mrr-churn-rate",
  "ltv",
  "customers",
  "asp",
  "arpa",
];

const TRAILING_DAYS = 30;

function listOf(query: URLSearchParams, name: string): Set<string> | undefined {
  const text = query.get(name);
  return text === null || text === "" ? undefined : new Set(text.split(","));
}

/** `geo` and `plans` are honoured, by country and by plan of each activity; `filters` (CFL) is accepted and ignored. */
function historyOf({ world, query }: Call): History {
  const countries = listOf(query, "geo");
  const wanted = listOf(query, "plans");
  let activities = inOrder(world.activities, byDate);
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
function summarize(history: History, world: World): { current: Measures; previous: Measures } {
  const today = dayIn(world.account.time_zone, world.now.getTime());
  const trailing = (back: number) =>
    measure(history, { from: today - back - TRAILING_DAYS + 1, to: today - back });
  const month = (back: number) =>
    measure(history, { from: endOfMonth(today, -back - 1) + 1, to: endOfMonth(today, -back) });
  const fromMonths = ({ ltv, ...rates }: Measures) => ({
    ltv,
    "customer-churn-rate": rates["customer-churn-rate"],
    "mrr-churn-rate": rates["mrr-churn-rate"],
  });
  return {
    current: { ...trailing(0), ...fromMonths(month(1)) },
    previous: { ...trailing(TRAILING_DAYS), ...fromMonths(month(2)) },
  };
}

/** The range of the request, or the 400 for what is missing; the real body of that 400 is not known. */
function readRange(query: URLSearchParams): Stretch | Answer {
  const days = new Map<string, number>();
  for (const name of ["start-date", "end-date"]) {
    const text = query.get(name);
    if (text === null || text === "") return missing(name);
    const day = readDay(text);
    if (day === undefined) return refuse(400, `Parameter "${name}" is not a date`, name);
    days.set(name, day);
  }
  return { from: days.get("start-date") ?? 0, to: days.get("end-date") ?? 0 };
}

/** Which intervals a metric takes. */
interface Choice {
  intervals: readonly Interval[];
  /** The default seen in 2016; today's is unproven. */
  interval: Interval;
}

function readInterval(query: URLSearchParams, choice: Choice): Interval | Answer {
  // LTV knows no interval parameter, and an unknown parameter is ignored.
  const asked = choice.intervals.length === 1 ? choice.interval : (query.get("interval") ?? choice.interval);
  return (
    choice.intervals.find((interval) => interval === asked) ?? refuse(400, "Invalid interval", "interval")
  );
}

interface Entry {
  stretch: Stretch;
  current: Measures;
  /** The same as `current` in the first entry, whose change is 0. */
  previous: Measures;
}

function entriesOf(history: History, stretches: Stretch[]): Entry[] {
  const entries: Entry[] = [];
  for (const stretch of stretches) {
    const current = measure(history, stretch);
    entries.push({ stretch, current, previous: entries.at(-1)?.current ?? current });
  }
  return entries;
}

/** What one metrics path makes of the entries and the summary. */
interface Shape {
  entry(history: History, entry: Entry): Record<string, unknown>;
  summary(current: Measures, previous: Measures): Record<string, unknown>;
}

function single(metric: Metric): Shape {
  return {
    entry: (history, { stretch, current, previous }) => ({
      [metric]: current[metric],
      "percentage-change": change(current[metric], previous[metric]),
      ...(metric === "mrr" ? movementsOver(history, stretch) : {}),
    }),
    summary: (current, previous) => ({
      current: current[metric],
      previous: previous[metric],
      "percentage-change": change(current[metric], previous[metric]),
    }),
  };
}

const all: Shape = {
  entry(_history, { current, previous }) {
    const values: Record<string, number> = {};
    for (const metric of METRICS) {
      values[metric] = current[metric];
      values[`${metric}-percentage-change`] = change(current[metric], previous[metric]);
    }
    return values;
  },
  summary(current, previous) {
    const values: Record<string, number> = {};
    for (const metric of METRICS) {
      values[`current-${metric}`] = current[metric];
      values[`previous-${metric}`] = previous[metric];
      values[`${metric}-percentage-change`] = change(current[metric], previous[metric]);
    }
    return values;
  },
};

function answerMetric(call: Call, choice: Choice, shape: Shape): Answer {
  const range = readRange(call.query);
  if ("contentType" in range) return range;
  const interval = readInterval(call.query, choice);
  if (typeof interval === "object") return interval;
  const history = historyOf(call);
  const stretches = cut(range, interval, call.world.account.week_start_on);
  const summary = summarize(history, call.world);
  return json({
    entries: entriesOf(history, stretches).map((entry) => ({
      date: writeDay(entry.stretch.to),
      ...shape.entry(history, entry),
    })),
    summary: shape.summary(summary.current, summary.previous),
  });
}

function route(
  path: string,
  shape: Shape,
  interval: Interval,
  intervals: readonly Interval[] = INTERVALS,
): Route {
  const choice: Choice = { intervals, interval };
  return { path, answer: (call) => answerMetric(call, choice, shape) };
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
