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

/** The distance between turns that follow one another without a pause. */
async function interval(pacer: Pacer): Promise<number> {
  const moments = turns(pacer, 3);
  await vi.advanceTimersByTimeAsync(60_000);
  const [, second = 0, third = 0] = moments;
  return third - second;
}

test("after a stall there is no burst", async () => {
  const moments = turns(tenPerSecond(), 6);
  await vi.advanceTimersByTimeAsync(100);
  // The clock advances while the timers stand still, as on a machine that was asleep.
  vi.setSystemTime(5000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(moments).toEqual([0, 100, 5100, 5180, 5280, 5380]);
});

test("after a pause there is no burst", async () => {
  const pacer = tenPerSecond();
  turns(pacer, 1);
  await vi.advanceTimersByTimeAsync(5000);
  const moments = turns(pacer, 4);
  await vi.advanceTimersByTimeAsync(1000);
  expect(moments).toEqual([5000, 5080, 5180, 5280]);
});

test("a timer that fires late is made up for, so that the rate is kept", async () => {
  const moments = turns(tenPerSecond(), 4);
  await vi.advanceTimersByTimeAsync(50);
  vi.setSystemTime(65);
  await vi.advanceTimersByTimeAsync(1000);
  expect(moments).toEqual([0, 115, 200, 300]);
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
