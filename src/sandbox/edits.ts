import { createHash } from "node:crypto";
import type { Customer, LineItem, Subscription } from "../api/records.ts";
import type { Activity } from "./customer-records.ts";
import { getMovementType } from "./generation/activities.ts";
import { dayLength, formatWithMilliseconds, formatWithOffset } from "./generation/times.ts";
import { cameFrom, created } from "./stored.ts";
import type { World } from "./world.ts";

/** Derives a uuid from another one, which makes an edited world the same on every run. */
function successorOf(uuid: string): string {
  const hex = createHash("sha1").update(uuid).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

function findCustomer(world: World, uuid: string): Customer {
  const customer = world.customers.find((candidate) => candidate.uuid === uuid);
  if (customer === undefined) throw new Error(`The world ${world.name} has no customer ${uuid}`);
  return customer;
}

function activitiesOf(world: World, customerUuid: string): Activity[] {
  return world.activities
    .filter((activity) => activity["customer-uuid"] === customerUuid)
    .sort((left, right) => Date.parse(left.date) - Date.parse(right.date));
}

/** Gives a customer's activities new uuids, and so new numbers, as ChartMogul does whenever it recounts a customer. */
export function reissueActivities(world: World, customerUuid: string): void {
  for (const activity of activitiesOf(world, customerUuid)) activity.uuid = successorOf(activity.uuid);
}

function recount(world: World, customer: Customer): void {
  let level = 0;
  for (const [index, activity] of activitiesOf(world, customer.uuid).entries()) {
    const after = level + activity["activity-mrr-movement"];
    activity.type = getMovementType(level, after, index > 0);
    activity["activity-mrr"] = after;
    activity["activity-arr"] = after * 12;
    activity["customer-name"] = customer.name;
    level = after;
  }
  reissueActivities(world, customer.uuid);
  const subscriptions = world.subscriptions.get(customer.uuid) ?? [];
  const starts = subscriptions.map((subscription) => subscription["start-date"]).sort();
  customer.mrr = level;
  customer.arr = level * 12;
  customer["customer-since"] = starts[0] ?? null;
  if (level > 0 && customer.status !== "Past Due") customer.status = "Active";
  if (level === 0) customer.status = subscriptions.length > 0 ? "Cancelled" : "New Lead";
}

/**
 * Adds a movement to the end of a customer's history, and recounts the customer. It copies another movement except for the given
 * values.
 */
function addActivity(world: World, customer: Customer, like: Activity, given: Partial<Activity>): void {
  world.activities.push({
    ...like,
    [created]: world.now.getTime() * 1000,
    date: formatWithOffset(world.now.getTime()),
    "customer-uuid": customer.uuid,
    "customer-external-id": customer.external_id,
    ...given,
  });
  recount(world, customer);
}

function lastMovement(world: World, { external_id }: Subscription): Activity {
  const last = world.activities.findLast((activity) => activity["subscription-external-id"] === external_id);
  if (last === undefined) throw new Error(`The subscription ${external_id} has no movements`);
  return last;
}

/** Changes the seats of an active subscription today, and its MRR with them. */
export function changeSeats(world: World, uuid: string, subscription: Subscription, seats: number): void {
  const before = subscription.mrr;
  subscription.mrr = Math.round((before * seats) / subscription.quantity);
  subscription.arr = subscription.mrr * 12;
  subscription.quantity = seats;
  addActivity(world, findCustomer(world, uuid), lastMovement(world, subscription), {
    description: `now has ${seats} seats of ${subscription.plan}`,
    "activity-mrr-movement": subscription.mrr - before,
  });
}

/** Ends an active subscription today. It keeps its MRR, as all ended subscriptions do. */
export function cancelSubscription(world: World, uuid: string, subscription: Subscription): void {
  subscription.status = "inactive";
  subscription["end-date"] = formatWithOffset(world.now.getTime());
  addActivity(world, findCustomer(world, uuid), lastMovement(world, subscription), {
    description: `left ${subscription.plan}`,
    "activity-mrr-movement": -subscription.mrr,
  });
}

/** Bills a customer today for a subscription, with a copy of another one's last bill. Nothing is paid yet. */
function billLike(world: World, customer: Customer, subscription: Subscription, model: Subscription): void {
  const isFor = (line: LineItem) => line.subscription_external_id === model.external_id;
  const [last] = world.invoices
    .filter((invoice) => invoice.line_items.some((line) => isFor(line) && line.type === "subscription"))
    .sort((one, other) => (one.date < other.date ? 1 : -1));
  const line = last?.line_items.find(isFor);
  if (last === undefined || line === undefined)
    throw new Error(`The subscription ${model.external_id} was never billed`);
  const now = world.now.getTime();
  const period = Date.parse(line.service_period_end ?? "") - Date.parse(line.service_period_start ?? "");
  world.invoices.push({
    ...last,
    [created]: now * 1000,
    uuid: `inv_${successorOf(last.uuid)}`,
    external_id: `${last.external_id}-again`,
    date: formatWithMilliseconds(now),
    due_date: formatWithMilliseconds(now + 14 * dayLength),
    customer_uuid: customer.uuid,
    ...(last.customer_external_id === undefined ? {} : { customer_external_id: customer.external_id }),
    ...(last.status === undefined ? {} : { status: "open" }),
    line_items: [
      {
        ...line,
        uuid: `li_${successorOf(line.uuid)}`,
        external_id: null,
        subscription_uuid: `sub_${subscription.uuid}`,
        subscription_external_id: subscription.external_id,
        service_period_start: formatWithMilliseconds(now),
        service_period_end: formatWithMilliseconds(now + period),
      },
    ],
    transactions: [],
  });
}

/** Starts a subscription of a lead today, like that of another customer, and bills it. */
export function signUp(world: World, uuid: string, model: Subscription): void {
  const lead = findCustomer(world, uuid);
  const subscription: Subscription = {
    ...model,
    id: Math.max(...[...world.subscriptions.values()].flat().map(({ id }) => id)) + 1,
    uuid: successorOf(model.uuid),
    external_id: `${model.external_id}-again`,
    "start-date": formatWithOffset(world.now.getTime()),
  };
  world.subscriptions.set(uuid, [...(world.subscriptions.get(uuid) ?? []), subscription]);
  addActivity(world, lead, lastMovement(world, model), {
    description: `signed up for ${model.plan}`,
    "activity-mrr-movement": subscription.mrr,
    "subscription-external-id": subscription.external_id,
  });
  billLike(world, lead, subscription, model);
}

/** Pays an open invoice in full today. */
export function payInvoice(world: World, uuid: string): void {
  const invoice = world.invoices.find((candidate) => candidate.uuid === uuid);
  if (invoice === undefined) throw new Error(`The world ${world.name} has no invoice ${uuid}`);
  invoice.status = "paid";
  invoice.transactions.push({
    uuid: `tr_${successorOf(uuid)}`,
    external_id: null,
    type: "payment",
    date: formatWithMilliseconds(world.now.getTime()),
    result: "successful",
    amount_in_cents: null,
    transaction_fees_in_cents: null,
    transaction_fees_currency: null,
  });
}

/** Deletes a customer and all that belongs to it. Nothing on the wire says so afterwards. */
export function deleteCustomer(world: World, uuid: string): void {
  findCustomer(world, uuid);
  world.customers = world.customers.filter((customer) => customer.uuid !== uuid);
  world.subscriptions.delete(uuid);
  world.importSubscriptions.delete(uuid);
  world.activities = world.activities.filter((activity) => activity["customer-uuid"] !== uuid);
  world.invoices = world.invoices.filter((invoice) => invoice.customer_uuid !== uuid);
  world.contacts = world.contacts.filter((contact) => contact.customer_uuid !== uuid);
  const left = new Set(world.contacts.map((contact) => contact.uuid));
  world.notes = world.notes.filter((note) =>
    note.associated_object === "customer"
      ? note.customer_uuid !== uuid
      : left.has(note.associated_object_uuid),
  );
  world.opportunities = world.opportunities.filter((opportunity) => opportunity.customer_uuid !== uuid);
  world.tasks = world.tasks.filter((task) =>
    task.associated_object === "customer"
      ? task.customer_uuid !== uuid
      : left.has(task.associated_object_uuid),
  );
}

function moveRelations(world: World, from: string, into: string): void {
  for (const rows of [world.contacts, world.opportunities, world.tasks, world.notes]) {
    for (const row of rows) if (row.customer_uuid === from) row.customer_uuid = into;
  }
  for (const note of [...world.notes, ...world.tasks]) {
    if (note.associated_object_uuid === from) note.associated_object_uuid = into;
  }
}

/**
 * Merges one customer into another, as the app does. `from` goes away without a trace. `into` gains its subscriptions, invoices,
 * movements, contacts and ids, and the tag `merged-customer`. The activities of `into` are recounted.
 */
export function mergeCustomers(world: World, from: string, into: string): void {
  const gone = findCustomer(world, from);
  const kept = findCustomer(world, into);
  kept.data_source_uuids.push(...gone.data_source_uuids);
  kept.external_ids.push(...gone.external_ids);
  if (!kept.attributes.tags.includes("merged-customer")) kept.attributes.tags.push("merged-customer");
  for (const rows of [world.subscriptions, world.importSubscriptions] as Map<string, unknown[]>[]) {
    const both = [...(rows.get(into) ?? []), ...(rows.get(from) ?? [])];
    if (both.length > 0) rows.set(into, both);
    rows.delete(from);
  }
  for (const invoice of world.invoices) if (invoice.customer_uuid === from) invoice.customer_uuid = into;
  for (const activity of activitiesOf(world, from)) activity["customer-uuid"] = into;
  moveRelations(world, from, into);
  world.customers = world.customers.filter((customer) => customer !== gone);
  recount(world, kept);
}

function splitRows<Row>(
  rows: Map<string, Row[]>,
  from: string,
  into: string,
  leaves: (row: Row) => boolean,
): void {
  const all = rows.get(from) ?? [];
  rows.set(into, all.filter(leaves));
  rows.set(
    from,
    all.filter((row) => !leaves(row)),
  );
}

/** Gives the next uuid that no customer has: a customer may be merged and unmerged several times. */
function unusedUuid(customers: readonly Customer[], uuid: string): string {
  const next = `cus_${successorOf(uuid)}`;
  return customers.some((customer) => customer.uuid === next) ? unusedUuid(customers, next) : next;
}

/**
 * Undoes a merge of two sources. What came from the last source of the customer goes to a new customer, which has a new uuid and
 * a copy of tags and attributes. Both are recounted. Returns the new customer.
 */
export function unmergeCustomer(world: World, uuid: string): Customer {
  const kept = findCustomer(world, uuid);
  const source = kept.data_source_uuids.pop();
  const externalId = kept.external_ids.pop();
  if (source === undefined || externalId === undefined || kept.data_source_uuids.includes(source)) {
    throw new Error(`The customer ${uuid} does not come from two sources`);
  }
  kept.attributes.tags = kept.attributes.tags.filter((tag) => tag !== "merged-customer");
  const parted: Customer = {
    ...structuredClone(kept),
    id: Math.max(...world.customers.map((customer) => customer.id)) + 1,
    uuid: unusedUuid(world.customers, uuid),
    external_id: externalId,
    data_source_uuid: source,
    data_source_uuids: [source],
    external_ids: [externalId],
    status: "Cancelled",
  };
  const moving = activitiesOf(world, uuid).filter(
    (activity) => activity["billing-connector-uuid"] === source,
  );
  const moved = new Set(moving.map((activity) => activity["subscription-external-id"]));
  for (const activity of moving) activity["customer-uuid"] = parted.uuid;
  splitRows(world.subscriptions, uuid, parted.uuid, (row) => moved.has(row.external_id));
  splitRows(world.importSubscriptions, uuid, parted.uuid, (row) => moved.has(row.external_id));
  for (const invoice of world.invoices) {
    if (invoice.customer_uuid === uuid && invoice[cameFrom] === source) invoice.customer_uuid = parted.uuid;
  }
  world.customers.push(parted);
  recount(world, kept);
  recount(world, parted);
  return parted;
}
