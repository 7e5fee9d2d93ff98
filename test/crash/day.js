import { deleteCustomer, mergeCustomers, reissueActivities, unmergeCustomer } from "#build/sandbox/edits.js";

/** @import { Random } from "#build/sandbox/generation/random.js" */
/** @import { World } from "#build/sandbox/world.js" */

/**
 * What changes in an account between two nights: customers go, are merged and unmerged, records change, come and go, and
 * some are broken: they do not validate until the next day repairs them.
 *
 * @param {World} world
 * @param {Random} random
 */
export function passDay(world, random) {
  repair(world);
  changeCustomers(world, random);
  changePlans(world, random);
  changeInvoices(world, random);
  changeSubscriptions(world, random);
  regroupCustomers(world, random);
  gainCustomers(world, random);
  breakRecords(world, random);
}

/**
 * Does something to this many records of a list, chosen at random; perhaps twice to the same.
 *
 * @template T
 * @param {Random} random
 * @param {number} most
 * @param {T[]} records
 * @param {(record: T) => void} change
 */
function some(random, most, records, change) {
  for (let count = random.integer(0, most); count > 0 && records.length > 0; count -= 1) {
    change(random.pick(records));
  }
}

/**
 * @param {World} world
 * @param {Random} random
 */
function changeCustomers({ customers }, random) {
  some(random, 12, customers, (customer) => {
    customer.name = `${customer.name} ${random.integer(2, 99)}`;
  });
  some(random, 8, customers, ({ attributes }) => {
    const tag = random.pick(["crashed", "restarted"]);
    attributes.tags = attributes.tags.includes(tag)
      ? attributes.tags.filter((other) => other !== tag)
      : [...attributes.tags, tag];
  });
  some(random, 6, customers, (customer) => {
    customer.status = random.pick(["Working Lead", "Active", "Past Due", "Cancelled"]);
  });
  some(random, 4, customers, ({ attributes }) => {
    attributes.custom["plannedSeats"] = random.integer(1, 60);
  });
}

/**
 * @param {World} world
 * @param {Random} random
 */
function changePlans({ plans }, random) {
  some(random, 3, plans, (plan) => {
    plan.name = `Plan ${random.integer(1000, 9999)}`;
  });
}

/**
 * @param {World} world
 * @param {Random} random
 */
function changeInvoices(world, random) {
  const { invoices } = world;
  some(random, 15, invoices, (invoice) => {
    for (const line of invoice.line_items) line.amount_in_cents += random.integer(-500, 500);
  });
  some(random, 6, invoices, (invoice) => {
    if (random.chance(0.5)) invoice.line_items = invoice.line_items.slice(1);
    else invoice.line_items.push(...renewed(invoice.line_items.slice(0, 1), random));
  });
  some(random, 6, invoices, (invoice) => {
    invoice.status = random.pick(["open", "paid", "voided"]);
  });
  some(random, 10, invoices, (invoice) => {
    const copy = renew(structuredClone(invoice), random);
    copy.line_items = renewed(copy.line_items, random);
    copy.transactions = renewed(copy.transactions, random);
    invoices.push(copy);
  });
  some(random, 4, invoices, (gone) => {
    world.invoices = world.invoices.filter((invoice) => invoice !== gone);
  });
}

/**
 * The same record under a new uuid of the same kind.
 *
 * @template {{ uuid: string }} T
 * @param {T} record
 * @param {Random} random
 */
function renew(record, random) {
  return { ...record, uuid: record.uuid.replace(/[^_]*$/, random.uuid()) };
}

/**
 * The same records under new uuids of the same kind.
 *
 * @template {{ uuid: string }} T
 * @param {T[]} records
 * @param {Random} random
 */
function renewed(records, random) {
  return records.map((record) => renew(record, random));
}

/**
 * @param {World} world
 * @param {Random} random
 */
function changeSubscriptions({ subscriptions }, random) {
  const all = [...subscriptions.values()].flat();
  some(random, 10, all, (subscription) => {
    subscription.mrr += 100 * random.integer(1, 20);
    subscription.arr = subscription.mrr * 12;
  });
  some(random, 5, all, (subscription) => {
    subscription.status = subscription.status === "active" ? "inactive" : "active";
  });
}

// An account must not run out of customers, however many nights follow.
const fewest = 12;

/**
 * Deleting, merging and parting; the numbers of activities change as well.
 *
 * @param {World} world
 * @param {Random} random
 */
function regroupCustomers(world, random) {
  some(random, 3, world.customers, ({ uuid }) => reissueActivities(world, uuid));
  if (world.customers.length > fewest) {
    some(random, 2, world.customers, ({ uuid }) => {
      if (world.customers.some((customer) => customer.uuid === uuid)) deleteCustomer(world, uuid);
    });
    const [from, into] = [random.pick(world.customers), random.pick(world.customers)];
    if (from !== into) mergeCustomers(world, from.uuid, into.uuid);
  }
  const merged = world.customers.filter(({ data_source_uuids: sources }) => comesFromTwo(sources));
  if (merged.length > 0 && random.chance(0.6)) unmergeCustomer(world, random.pick(merged).uuid);
}

/**
 * New customers, each with subscriptions like those of another.
 *
 * @param {World} world
 * @param {Random} random
 */
function gainCustomers({ customers, subscriptions }, random) {
  some(random, 5, customers, (model) => {
    const customer = renew(structuredClone(model), random);
    customer.id = Math.max(...customers.map(({ id }) => id)) + 1;
    customer.external_ids = customer.external_ids.map(() => `new-${customer.id}`);
    customer.external_id = `new-${customer.id}`;
    customers.push(customer);
    const own = renewed(structuredClone(subscriptions.get(model.uuid) ?? []), random);
    subscriptions.set(
      customer.uuid,
      own.map((subscription) => ({ ...subscription, id: random.integer(7_000_000_000, 8_000_000_000) })),
    );
  });
}

/**
 * True where the last source is not one of the others: its records can be distinguished.
 *
 * @param {string[]} sources
 */
function comesFromTwo(sources) {
  return sources.length > 1 && sources.indexOf(String(sources.at(-1))) === sources.length - 1;
}

/** @type {WeakMap<World, (() => void)[]>} */
const broken = new WeakMap();

/**
 * @param {World} world
 * @param {Random} random
 */
function breakRecords(world, random) {
  /** @type {(() => void)[]} */
  const repairs = [];
  /** @type {(record: object, key: string) => void} */
  const spoil = (record, key) => {
    const value = Reflect.get(record, key);
    repairs.push(() => {
      Reflect.set(record, key, value);
    });
    Reflect.set(record, key, { spoilt: true });
  };
  some(random, 2, world.customers, (customer) => spoil(customer, "company"));
  some(random, 3, world.invoices, (invoice) => spoil(invoice, "currency"));
  broken.set(world, repairs);
}

/** @param {World} world */
function repair(world) {
  // Last first: a record that was broken twice holds its own value in the first repair.
  for (const mend of (broken.get(world) ?? []).reverse()) mend();
}
