import { generateActivities } from "./generation/activities.ts";
import { generateCatalog } from "./generation/catalog.ts";
import {
  type AccountSetting,
  type CustomerHistory,
  chooseNameParts,
  generateCustomerHistory,
} from "./generation/customer-history.ts";
import { generateInvoices } from "./generation/invoices.ts";
import { createRandom } from "./generation/random.ts";
import {
  generateContact,
  generateNote,
  generateOpportunity,
  generateTask,
  type Relationship,
} from "./generation/relations.ts";
import { generateEvents, type UnnumberedEvent } from "./generation/subscription-events.ts";
import { generateImportSubscription, generateSubscription } from "./generation/subscriptions.ts";
import { dayLength } from "./generation/times.ts";
import { created, type Stored } from "./stored.ts";
import type { World } from "./world.ts";

/** The input of a generated account. The same options give the same world, to the last uuid. */
export interface GenerationOptions {
  name: string;
  key: string;
  seed: number;
  /** The number of customers and leads. Four fifths have paid at some time. */
  customers: number;
  /** One of USD, EUR, GBP, JPY, CAD, SEK. Also decides whether words and places are Japanese. */
  currency: string;
  /** IANA name; decides on which calendar day a movement counts. */
  timeZone: string;
  /** Only its day counts, in UTC: the history ends where that day begins. */
  now: Date;
  /** Default monday. */
  weekStart?: "monday" | "sunday";
  /** Replies as before 2026: no account id, no subscription set in activities. Default false. */
  older?: boolean;
}

const historyDays = 730;

function emptyWorld(options: GenerationOptions, uuid: string, now: number): World {
  return {
    name: options.name,
    key: options.key,
    now: new Date(now),
    account: {
      ...(options.older === true ? {} : { id: `acc_${uuid}` }),
      name: `Rootwise Gardens (${options.name})`,
      currency: options.currency,
      time_zone: options.timeZone,
      week_start_on: options.weekStart ?? "monday",
    },
    settings: {
      churn_recognition: "churn_at_time_of_cancelation",
      churn_when_zero_mrr: true,
      auto_churn_subscription: true,
      refund_handling: "refund_ignore",
      proximate_movement_reclassification: "one_hour_reclassification",
    },
    activitiesCursor: "first-of-next-page",
    dataSources: [],
    plans: [],
    planGroups: [],
    customers: [],
    subscriptions: new Map(),
    importSubscriptions: new Map(),
    invoices: [],
    activities: [],
    subscriptionEvents: [],
    contacts: [],
    notes: [],
    opportunities: [],
    tasks: [],
  };
}

function addSubscriptions(
  world: World,
  { random }: AccountSetting,
  { customer, timelines }: CustomerHistory,
): void {
  if (timelines.length === 0) return;
  const subscriptions = timelines.map((timeline) =>
    generateSubscription(random, timeline, 5_400_000_000 + random.integer(0, 900_000_000), customer.currency),
  );
  world.subscriptions.set(customer.uuid, subscriptions);
  const imported = timelines.map(generateImportSubscription).filter((row) => row !== undefined);
  if (imported.length > 0) world.importSubscriptions.set(customer.uuid, imported);
}

function addRelations(
  world: World,
  setting: AccountSetting,
  { customer, knownSince }: CustomerHistory,
): void {
  const { random, now, currency } = setting;
  const relationship: Relationship = { customer, words: chooseNameParts(currency), since: knownSince, now };
  const people = random.chance(0.55) ? random.integer(1, 2) : 0;
  const contacts = Array.from({ length: people }, (_, index) =>
    generateContact(random, relationship, index + 1),
  );
  const remarks = random.chance(0.35) ? random.integer(1, 3) : 0;
  for (let index = 0; index < remarks; index += 1) {
    world.notes.push(generateNote(random, relationship, contacts[0]));
  }
  if (random.chance(0.18)) world.opportunities.push(generateOpportunity(random, relationship));
  if (random.chance(0.15)) world.tasks.push(generateTask(random, relationship, contacts[0]));
  world.contacts.push(...contacts);
}

function byCreation(left: Stored, right: Stored): number {
  return (right[created] ?? 0) - (left[created] ?? 0);
}

/** Numbers the events by age, oldest first, as an account's database does. */
function addEvents(world: World, unnumbered: UnnumberedEvent[]): void {
  unnumbered.sort(byCreation);
  const oldest = 610_000_000 + unnumbered.length;
  world.subscriptionEvents = unnumbered.map((event, index) => ({ id: oldest - index, ...event }));
}

function sort(world: World): void {
  for (const rows of [world.plans, world.planGroups, world.invoices, world.contacts]) rows.sort(byCreation);
  for (const rows of [world.notes, world.opportunities, world.tasks]) rows.sort(byCreation);
  world.activities.sort((left, right) => (left.date === right.date ? 0 : left.date < right.date ? -1 : 1));
}

/**
 * Generates two years of one account. Everything ties up: the MRR of a customer is the sum of its active subscriptions and of all its
 * movements. The metrics are computed from the movements, and end at the sum over all customers.
 */
export function generateWorld(options: GenerationOptions): World {
  const random = createRandom(options.seed, options.name);
  const now = Math.floor(options.now.getTime() / dayLength) * dayLength;
  const since = now - historyDays * dayLength;
  const world = emptyWorld(options, random.uuid(), now);
  const { sources, ...catalog } = generateCatalog(random, options.currency, since - 45 * dayLength);
  Object.assign(world, catalog);
  const selling = sources.filter((source) => source.offers.length > 0);
  const setting: AccountSetting = { random, sources: selling, currency: options.currency, since, now };
  const events: UnnumberedEvent[] = [];
  for (let index = 0; index < options.customers; index += 1) {
    const history = generateCustomerHistory(setting, index);
    world.customers.push(history.customer);
    addSubscriptions(world, setting, history);
    world.invoices.push(...generateInvoices(random, { ...history, now }));
    world.activities.push(
      ...generateActivities(random, history.customer, history.timelines, options.older !== true),
    );
    events.push(...history.timelines.flatMap((timeline) => generateEvents(random, timeline)));
    addRelations(world, setting, history);
  }
  addEvents(world, events);
  sort(world);
  return world;
}

/**
 * The two accounts of the demo: "default" in dollars with 240 customers and "tokyo" in yen with 120. They follow from the
 * seed (default 1) and the day of `now` (default: today).
 */
export function generateAccounts(options: { seed?: number; now?: Date } = {}): World[] {
  const { seed = 1, now = new Date() } = options;
  return [
    generateWorld({
      name: "default",
      key: "sandbox-default-key",
      seed,
      customers: 240,
      currency: "USD",
      timeZone: "America/New_York",
      now,
      weekStart: "sunday",
    }),
    generateWorld({
      name: "tokyo",
      key: "sandbox-tokyo-key",
      seed,
      customers: 120,
      currency: "JPY",
      timeZone: "Asia/Tokyo",
      now,
      older: true,
    }),
  ];
}
