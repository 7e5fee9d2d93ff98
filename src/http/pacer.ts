import { requireDefined } from "../errors.ts";

/** Spreads requests evenly over time. */
export interface Pacer {
  /**
   * Resolves when the next request may be sent; a patient caller lets all others go first. The function that it gives is to be called
   * when the request leaves: it may wait for a new connection first.
   */
  turn(patient: boolean): Promise<() => void>;
  /** The server had too many requests: from now on they are sent further apart, and none within these milliseconds. */
  slowDown(milliseconds?: number): void;
  /** The server answered well: the rate rises towards the full one. */
  recover(): void;
  /** Ends all waits: for a stop, after which nothing is sent. */
  release(): void;
}

type Go = (leave: () => void) => void;

const slowest = 32;
// A request follows the one before after at least this part of the interval, also where lateness is made up for.
const closest = 0.6;
// This many intervals of lateness are made up for; what is later than that is lost. It is also what a pause saves up.
const mostLate = 5;
// ChartMogul counts 40 requests in a sliding second. It counts when they arrive, and not all travel equally fast. So as many as it
// allows are spread over this many milliseconds by the schedule, and over `slack` less where lateness is made up for.
const leastWindow = 1034;
const slack = 5;

/**
 * Paces one request each 1/rate seconds, by a schedule that does not move when a request goes out late: the next ones follow sooner.
 * In our measurements ChartMogul's limits refused 9 to 17 % of the requests of a limiter that allows bursts. So lateness is made up
 * for only as far as a sliding window of our own allows, which has one request more than the rate. At 39 a second these are 40
 * requests in 1,029 ms. After `slowDown` nothing is sent for `pause` milliseconds.
 */
export function createPacer(
  requestsPerSecond: number,
  now: () => number = () => performance.now(),
  pause = 1000,
): Pacer {
  const mostInWindow = Math.floor(requestsPerSecond) + 1;
  const shortest = Math.max(1000 / requestsPerSecond, leastWindow / mostInWindow);
  const window = mostInWindow * shortest - slack;
  const waiting: { readonly urgent: Go[]; readonly patient: Go[] } = {
    urgent: [],
    patient: [],
  };
  // When the requests of the last window were sent: a ring, in which the oldest is overwritten next.
  const sent = new Array<number>(mostInWindow).fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let interval = shortest;
  let due = now();
  let slowedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const findNext = () =>
    Math.max(due, latest + interval * closest, requireDefined(sent[oldest], "the oldest request") + window);

  /** Records a turn, and returns how to record that its request leaves. */
  const record = (moment: number) => {
    const place = oldest;
    sent[place] = moment;
    oldest = (oldest + 1) % mostInWindow;
    latest = moment;
    // A server that had too many requests gets no more than the slower rate.
    const late = interval > shortest ? 0 : shortest * mostLate;
    due = Math.max(due, moment - late) + interval;
    return () => {
      if (sent[place] === moment) sent[place] = now();
      else {
        // It left so late that its place has been taken.
        sent[oldest] = now();
        oldest = (oldest + 1) % mostInWindow;
      }
    };
  };

  const letGo = () => {
    timer = undefined;
    while (waiting.urgent.length + waiting.patient.length > 0) {
      const moment = now();
      const early = findNext() - moment;
      if (early > 0) {
        timer = setTimeout(letGo, early);
        return;
      }
      const leave = record(moment);
      (waiting.urgent.shift() ?? waiting.patient.shift())?.(leave);
    }
  };

  return {
    turn: (patient) =>
      new Promise((resolve) => {
        (patient ? waiting.patient : waiting.urgent).push(resolve);
        if (timer === undefined) letGo();
      }),
    slowDown(milliseconds = 0) {
      if (milliseconds > pause) due = Math.max(due, now() + milliseconds);
      // Requests that were already on their way are refused together: that is one event, not many.
      if (now() - slowedAt < pause) return;
      slowedAt = now();
      interval = Math.min(interval * 2, shortest * slowest);
      due = Math.max(due, now() + pause);
    },
    recover() {
      interval = Math.max(shortest, interval * 0.98);
    },
    release() {
      clearTimeout(timer);
      timer = undefined;
      for (const go of [...waiting.urgent.splice(0), ...waiting.patient.splice(0)]) go(() => {});
    },
  };
}
