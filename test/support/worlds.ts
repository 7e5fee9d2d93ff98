import { readFileSync, writeFileSync } from "node:fs";
import type { ApiClient } from "../../src/api/api-client.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import type { Fault, FaultEffect } from "../../src/sandbox/faults.ts";
import type { World } from "../../src/sandbox/world.ts";
import { connectTo, serve, smallWorld, today } from "./accounts.ts";
import { askDirectly } from "./direct.ts";
import { contents, looking, newWarehouse, syncInto } from "./syncing.ts";
import { rowsOf } from "./warehouse.ts";

/** This many days after the first sync. */
export const later = (days: number) => new Date(today.getTime() + days * 86_400_000);
/** When the second sync takes place. */
export const tomorrow = later(1);
/** Customers and their child resource. */
export const customersAndSubscriptions = ["customers", "subscriptions"];

interface Setting {
  /** What is synced; by default everything. */
  readonly only?: readonly string[];
  readonly customers?: number;
  /** How many plans there are; by default as many as were invented. */
  readonly plans?: number;
}

type Connection = NonNullable<Parameters<typeof connectTo>[2]>;

interface Going {
  readonly faults?: readonly Fault[];
  readonly connection?: Connection;
}

/** An invented account; the same setting gives the same one. */
function worldOf({ customers = 15, plans }: Setting): World {
  const world = smallWorld("default", customers);
  const [plan] = world.plans;
  for (let number = world.plans.length; plan && number < (plans ?? 0); number += 1) {
    const uuid = `pl_${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
    world.plans.push({ ...plan, uuid, external_id: `plan-${number}` });
  }
  return world;
}

/** Lets a day pass: one customer is gone with all its records, and almost every other record has changed. */
function letADayPass(world: World): void {
  const paying = world.invoices.find(({ line_items }) => line_items.length > 0)?.customer_uuid;
  if (paying) deleteCustomer(world, paying);
  for (const each of [...world.plans, ...world.customers]) each.name = `${each.name} (renamed)`;
  for (const each of [...world.subscriptions.values()].flat()) each.quantity += 1;
  for (const each of world.invoices) each.external_id = `${each.external_id}-again`;
}

/** An account and a warehouse that is still empty. */
export async function beforeFirstSync(setting: Setting = {}) {
  return scene(setting, worldOf(setting), newWarehouse(), today);
}

/** An account and the warehouse into which it was synced yesterday; a day has passed since. */
export async function beforeSecondSync(setting: Setting = {}) {
  const path = newWarehouse();
  writeFileSync(path, await fileAfterFirstSync(setting));
  const world = worldOf(setting);
  letADayPass(world);
  return scene(setting, world, path, tomorrow);
}

/** A world, a warehouse that is still empty, and how to sync the one into the other, also through another API client. */
export async function unsyncedWorld(customers = 30) {
  const world = worldOf({ customers });
  const sandbox = await serve(world);
  const path = newWarehouse();
  const createApi = () => askDirectly(sandbox, world);
  const sync = (options: Parameters<typeof syncInto>[2] = {}, own: ApiClient = createApi()) =>
    syncInto(path, { default: own }, options);
  return { world, sandbox, path, createApi, sync };
}

/** A world that was synced yesterday and is as it was, and how to sync it again. */
export async function syncedWorld(customers = 30, only?: readonly string[]) {
  const { sync, ...unsynced } = await unsyncedWorld(customers);
  writeFileSync(unsynced.path, await fileAfterFirstSync({ customers, ...(only && { only }) }));
  const again: typeof sync = (options, own) => sync({ now: tomorrow, ...options }, own);
  return { ...unsynced, again };
}

/** The keys of the rows that are marked as deleted. */
export const deleted = (path: string, table: string, key = "uuid") =>
  looking(path, (warehouse) =>
    rowsOf(warehouse, table)
      .filter((row) => row["deleted_at"] !== null)
      .map((row) => row[key]),
  );

/** The customers in the order in which the API lists them. */
export const inListingOrder = ({ customers }: World) =>
  customers.toSorted((one, other) => {
    const [a, b] = [one["customer-since"] ?? "9999", other["customer-since"] ?? "9999"];
    return a.localeCompare(b) || one.id - other.id;
  });

/** One of the customers who have subscriptions and invoices. */
export function payingCustomer(world: World, index = 0): string {
  const { subscriptions, invoices } = world;
  const paying = inListingOrder(world).filter(
    ({ uuid }) =>
      (subscriptions.get(uuid) ?? []).length > 0 &&
      invoices.some((invoice) => invoice.customer_uuid === uuid && invoice.line_items.length > 0),
  );
  return paying[index]?.uuid ?? "";
}

/** Faults in the content of a reply, which do not need HTTP. */
const contentFaults: ReadonlySet<FaultEffect["kind"]> = new Set([
  ...(["wrongType", "null", "noKey", "large", "twice"] as const),
  ...(["sameCursor", "emptyPage", "loseRest", "deleteCustomer"] as const),
]);

async function scene({ only }: Setting, world: World, path: string, now: Date) {
  const sandbox = await serve(world);
  const syncFrom = (api: ApiClient) => syncInto(path, { default: api }, { ...(only && { only }), now });
  return {
    world,
    sandbox,
    path,
    /** Syncs while ChartMogul has these faults and no others. */
    sync({ faults = [], connection }: Going = {}) {
      sandbox.faults.splice(0, sandbox.faults.length, ...faults);
      sandbox.requests.length = 0;
      const needsHttp = connection !== undefined || !faults.every(({ what }) => contentFaults.has(what.kind));
      return syncFrom(needsHttp ? connectTo(sandbox, world, connection) : askDirectly(sandbox, world));
    },
    contents: () => contents(path),
    rows: (table: string) => looking(path, (warehouse) => rowsOf(warehouse, table)),
    deleted: (table: string) =>
      looking(path, (warehouse) => rowsOf(warehouse, table).filter((row) => row["deleted_at"] !== null)),
    /** The paths that were asked for in the last sync, in order. */
    asked: () => sandbox.requests.map(({ path }) => path.replace("/v1/", "")),
  };
}

/** Gives what was made for the same setting before: clean syncs are all alike. */
function remembered<T>(make: (setting: Setting) => Promise<T>): (setting?: Setting) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (setting = {}) => {
    const name = JSON.stringify(setting);
    const already = made.get(name) ?? make(setting);
    made.set(name, already);
    return already;
  };
}

const fileAfterFirstSync = remembered(async (setting) => {
  const scene = await beforeFirstSync(setting);
  await cleanly(scene);
  return readFileSync(scene.path);
});

/** The contents of the warehouse after a first sync in which nothing goes wrong. */
export const afterFirstSync = remembered(async (setting) => {
  const path = newWarehouse();
  writeFileSync(path, await fileAfterFirstSync(setting));
  return contents(path);
});

/** Its contents after a second one, a day later. */
export const afterSecondSync = remembered(async (setting) => cleanly(await beforeSecondSync(setting)));

async function cleanly(
  scene: Awaited<ReturnType<typeof beforeFirstSync>>,
): Promise<ReturnType<typeof contents>> {
  for (const { resource, status, error, rejected } of await scene.sync()) {
    if (status !== "complete" || rejected > 0) throw new Error(`${resource} ${status}: ${error}`);
  }
  return scene.contents();
}
