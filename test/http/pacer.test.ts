import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPacer, type Pacer } from "../../src/http/pacer.ts";

beforeEach(() => vi.useFakeTimers({ now: 0 }));

afterEach(() => vi.useRealTimers());

/** One request each 100 ms. */
const tenPerSecond = () => createPacer(10, () => Date.now());

/** The moment of each turn, once it has come. */
function turns(pacer: Pacer, count: number): number[] {
  const moments: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    void pacer.turn(false).then(() => moments.push(Date.now()));
  }
  return moments;
}

/** Numbers from 0 to 1, the same in each run. */
function createRandom(seed: number): () => number {
  let state = Math.round(seed * 7919);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The distance between turns that follow one another without a pause. */
async function interval(pacer: Pacer): Promise<number> {
  const moments = turns(pacer, 3);
  while (moments.length < 3) await vi.advanceTimersToNextTimerAsync();
  const [, second = 0, third = 0] = moments;
  return third - second;
}

test("after a stall requests follow one another closer, but there is no burst", async () => {
  const moments = turns(tenPerSecond(), 6);
  await vi.advanceTimersByTimeAsync(100);
  // The clock advances while the timers stand still, as on a machine that was asleep.
  vi.setSystemTime(5000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(moments).toEqual([0, 100, 5100, 5160, 5220, 5280]);
});

test("a pause saves up less than half a window", async () => {
  const pacer = tenPerSecond();
  turns(pacer, 1);
  await vi.advanceTimersByTimeAsync(5000);
  const moments = turns(pacer, 16);
  await vi.advanceTimersByTimeAsync(2000);
  expect(moments.slice(0, 11)).toEqual([5000, 5060, 5120, 5180, 5240, 5300, 5360, 5420, 5480, 5540, 5600]);
  expect(moments.slice(11)).toEqual([6095, 6155, 6215, 6275, 6335]);
});

test("a timer that fires late is made up for, so that the rate is kept", async () => {
  const moments = turns(tenPerSecond(), 8);
  await vi.advanceTimersByTimeAsync(50);
  vi.setSystemTime(265);
  await vi.advanceTimersByTimeAsync(1000);
  expect(moments).toEqual([0, 315, 375, 435, 495, 555, 615, 700]);
});

test("timers of whole milliseconds lose nothing: at 39 a second, 40 requests take 1,034 ms", async () => {
  const moments = turns(
    createPacer(39, () => Date.now()),
    401,
  );
  await vi.advanceTimersByTimeAsync(12_000);
  expect(moments[40]).toBeGreaterThanOrEqual(1034);
  expect(moments[40]).toBeLessThanOrEqual(1040);
  expect(moments[400]).toBeCloseTo(10_340, -1);
});

test("a request that waits for a connection counts from when it leaves", async () => {
  const pacer = tenPerSecond();
  const left = pacer.turn(false).then((leave) => setTimeout(leave, 80));
  const moments = turns(pacer, 12);
  await left;
  await vi.advanceTimersByTimeAsync(2000);
  expect(moments.slice(9)).toEqual([1000, 1175, 1235]);
});

test.each([0.5, 1, 3.7, 20, 39, 40])("at %s a second stalls never make a window too full", async (rate) => {
  const mostInWindow = Math.floor(rate) + 1;
  const window = Math.max((mostInWindow * 1000) / rate, 1034) - 5;
  const random = createRandom(rate);
  const pacer = createPacer(rate, () => Date.now());
  const moments: number[] = [];
  const ask = async () => {
    const leave = await pacer.turn(random() < 0.5);
    const send = () => {
      leave();
      moments.push(Date.now());
    };
    // One in ten waits for a new connection.
    if (random() < 0.9) send();
    else setTimeout(send, random() * 200);
  };
  for (let step = 0; step < 3000; step += 1) {
    if (random() < 0.9) void ask();
    if (random() < 0.02) vi.setSystemTime(Date.now() + (random() * 5000) / rate);
    await vi.advanceTimersByTimeAsync((random() * 1500) / rate);
  }
  const spans = moments.slice(mostInWindow).map((moment, index) => moment - (moments[index] ?? 0));
  expect(spans.length).toBeGreaterThan(500);
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(Math.floor(window));
});

test("turns are spread evenly", async () => {
  const moments = turns(tenPerSecond(), 5);
  await vi.advanceTimersByTimeAsync(1000);
  expect(moments).toEqual([0, 100, 200, 300, 400]);
});

test("the patient wait for all others, each kind in the order of its coming", async () => {
  const pacer = tenPerSecond();
  const order: string[] = [];
  const come = (name: string, patient: boolean) => void pacer.turn(patient).then(() => order.push(name));
  come("first", false);
  come("patient 1", true);
  come("patient 2", true);
  come("urgent 1", false);
  come("urgent 2", false);
  await vi.advanceTimersByTimeAsync(250);
  expect(order).toEqual(["first", "urgent 1", "urgent 2"]);
  come("urgent 3", false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(order).toEqual(["first", "urgent 1", "urgent 2", "urgent 3", "patient 1", "patient 2"]);
});

test("refusals that arrive together halve the rate once, after a second of silence", async () => {
  const pacer = tenPerSecond();
  const moments = turns(pacer, 5);
  await vi.advanceTimersByTimeAsync(150);
  pacer.slowDown();
  await vi.advanceTimersByTimeAsync(30);
  pacer.slowDown();
  pacer.slowDown();
  await vi.advanceTimersByTimeAsync(5000);
  expect(moments).toEqual([0, 100, 1150, 1350, 1550]);
});

test("refusals that come again and again slow down further, to a 32nd of the rate", async () => {
  const pacer = tenPerSecond();
  const intervals: number[] = [];
  for (let refusal = 0; refusal < 7; refusal += 1) {
    pacer.slowDown();
    intervals.push(await interval(pacer));
  }
  expect(intervals).toEqual([200, 400, 800, 1600, 3200, 3200, 3200]);
});

test("good responses lead back to the full rate and not beyond it", async () => {
  const pacer = tenPerSecond();
  pacer.slowDown();
  pacer.recover();
  expect(await interval(pacer)).toBe(196);
  for (let answer = 0; answer < 40; answer += 1) pacer.recover();
  expect(await interval(pacer)).toBe(100);
  for (let answer = 0; answer < 40; answer += 1) pacer.recover();
  expect(await interval(pacer)).toBe(100);
});

test("a release lets everyone go who waits, and nobody who comes later", async () => {
  const pacer = tenPerSecond();
  const moments = turns(pacer, 3);
  void pacer.turn(true).then(() => moments.push(Date.now()));
  await vi.advanceTimersByTimeAsync(30);
  pacer.release();
  await vi.advanceTimersByTimeAsync(0);
  expect(moments).toEqual([0, 30, 30, 30]);
  expect(vi.getTimerCount()).toBe(0);
  const later = turns(pacer, 2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(later).toEqual([100, 200]);
});

test("one timer serves all who wait", async () => {
  turns(tenPerSecond(), 50);
  await vi.advanceTimersByTimeAsync(250);
  expect(vi.getTimerCount()).toBe(1);
});

test("no timer is left when nobody waits", async () => {
  turns(tenPerSecond(), 3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(0);
});
