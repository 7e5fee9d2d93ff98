import { readFileSync, writeFileSync } from "node:fs";
import type { World } from "../../src/sandbox/world.ts";
import { defaultRules, type Rules } from "../../src/sync/rules.ts";
import { looking } from "./syncing.ts";
import { rowsOf } from "./warehouse.ts";
import { later, syncedWorld, unsyncedWorld } from "./worlds.ts";

/** Rules by which subscriptions may be this many days old. */
export const refreshEvery = (listingMaxAgeDays: number): Partial<Rules> => ({
  shortcuts: { ...defaultRules.shortcuts, listingMaxAgeDays },
});
export const week = refreshEvery(7);
/** Rules by which newest-first listings may be read only in part for a week. */
export const weeklyFullWalk: Partial<Rules> = { shortcuts: { ...defaultRules.shortcuts, fullWalkDays: 7 } };

export type Synced = Awaited<ReturnType<typeof syncedWorld>>;

/** All rows of a table. */
export const rows = (path: string, table: string) => looking(path, (warehouse) => rowsOf(warehouse, table));

/** The customers with requested subscriptions since the last call. */
export function askedFor({ sandbox }: Synced): string[] {
  const asked = sandbox.requests.flatMap(
    ({ path }) => /customers\/([^/]+)\/subscriptions$/.exec(path)?.[1] ?? [],
  );
  sandbox.requests.length = 0;
  return asked;
}

/** An account synced yesterday, in which nothing changes. No paid period of a subscription ends during the tests. */
export async function unchangedWorld(customers = 30) {
  const unsynced = await unsyncedWorld(customers);
  endNothingSoon(unsynced.world);
  writeFileSync(unsynced.path, await unchangedFile(customers));
  const again: typeof unsynced.sync = (options, own) => unsynced.sync({ now: later(1), ...options }, own);
  return { ...unsynced, again, syncOn: (day: number, rules = week) => again({ rules, now: later(day) }) };
}

function endNothingSoon(world: World): void {
  for (const subscription of [...world.subscriptions.values()].flat()) {
    if (subscription.status === "active") subscription["end-date"] = "2026-06-30T00:00:00+00:00";
  }
}

// The same number of customers makes the same account: one sync of it serves many tests.
const unchangedFile = once(async (customers) => {
  const { world, path, again } = await syncedWorld(customers);
  endNothingSoon(world);
  await again({ now: later(0) });
  return readFileSync(path);
});

/** The customers whose subscriptions are read on the first day although nothing has happened. */
const dueOnFirstDay = once(async (customers) => {
  const unchanged = await unchangedWorld(customers);
  await unchanged.syncOn(1);
  return new Set(askedFor(unchanged));
});

function once<T>(make: (customers: number) => Promise<T>): (customers: number) => Promise<T> {
  const made = new Map<number, Promise<T>>();
  return (customers) => {
    const already = made.get(customers) ?? make(customers);
    made.set(customers, already);
    return already;
  };
}

/** A customer whose subscriptions are not read on the first day if nothing happens. */
export async function customerNotDue(customers = 30) {
  const unchanged = await unchangedWorld(customers);
  const { world } = unchanged;
  const due = await dueOnFirstDay(customers);
  const victim = world.customers.find(
    ({ uuid }) => !due.has(uuid) && (world.subscriptions.get(uuid) ?? []).length > 0,
  );
  if (!victim) throw new Error("every customer is due");
  const [subscription] = world.subscriptions.get(victim.uuid) ?? [];
  if (!subscription) throw new Error("a customer without subscriptions");
  return { ...unchanged, due, victim, subscription };
}
