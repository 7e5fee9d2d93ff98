import { createHash } from "node:crypto";
import type { World } from "../../src/sandbox/world.ts";

const renew = (key: string) => {
  const hex = createHash("sha1").update(key).digest("hex");
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return key.replace(/[0-9a-f]{8}-.*$/, uuid);
};

/**
 * Deletes a data source and imports it again: the source and all that came from it have new uuids, the external ids and all else are as
 * they were. Gives the uuids of the customers that were there before.
 */
export function reimport(world: World, source: string): string[] {
  const customers = world.customers.filter(({ data_source_uuids }) => data_source_uuids.includes(source));
  const old = customers.map(({ uuid }) => uuid);
  const isTheirs = new Set<string | null | undefined>(old);
  const plans = world.plans.filter(({ data_source_uuid }) => data_source_uuid === source);
  const names = new Map([source, ...old, ...plans.map(({ uuid }) => uuid)].map((key) => [key, renew(key)]));
  const subscriptions = old.map((uuid) => [uuid, world.subscriptions.get(uuid) ?? []] as const);
  for (const [uuid, own] of subscriptions) {
    world.subscriptions.delete(uuid);
    world.subscriptions.set(renew(uuid), own);
  }
  const { invoices, activities, contacts, notes, opportunities, tasks, subscriptionEvents } = world;
  const theirs = [...invoices, ...contacts, ...notes, ...opportunities].filter(({ customer_uuid }) =>
    isTheirs.has(customer_uuid),
  );
  const movements = activities.filter((each) => isTheirs.has(each["customer-uuid"]));
  for (const each of [...theirs, ...movements, ...subscriptions.flatMap(([, own]) => own)]) {
    each.uuid = renew(each.uuid);
  }
  for (const each of tasks.filter(({ customer_uuid }) => isTheirs.has(customer_uuid))) {
    each.task_uuid = renew(each.task_uuid);
  }
  for (const each of subscriptionEvents.filter(({ data_source_uuid }) => data_source_uuid === source)) {
    each.id += 1_000_000_000;
  }
  for (const list of [
    ...[world.dataSources, world.customers, world.plans, invoices, activities],
    ...[contacts, notes, opportunities, tasks, subscriptionEvents],
  ]) {
    for (const record of list) renameIn(record, names);
  }
  for (const customer of customers) customer.id += 500_000_000;
  return old;
}

/** Replaces these strings wherever they are values; what is hidden in symbols stays. */
function renameIn(record: object, names: ReadonlyMap<string, string>): void {
  const own = record as Record<string, unknown>;
  for (const [key, value] of Object.entries(own)) {
    if (typeof value === "string") own[key] = names.get(value) ?? value;
    else if (typeof value === "object" && value !== null) renameIn(value, names);
  }
}

/** The data source from which most customers came. */
export function largestSource({ customers, dataSources }: World): string {
  const count = (source: string) =>
    customers.filter(({ data_source_uuids }) => data_source_uuids.includes(source)).length;
  const [largest] = dataSources.toSorted((one, other) => count(other.uuid) - count(one.uuid));
  return largest?.uuid ?? "";
}
