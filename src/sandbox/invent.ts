import { inventCatalog } from "./invention/catalog.ts";
import { type Household, inventHousehold, type Setting, wordsFor } from "./invention/household.ts";
import { inventInvoices } from "./invention/invoices.ts";
import { inventActivities } from "./invention/movements.ts";
import { createRandom } from "./invention/random.ts";
import {
  inventContact,
  inventNote,
  inventOpportunity,
  inventTask,
  type Relationship,
} from "./invention/relations.ts";
import { inventEvents, type Unnumbered } from "./invention/subscription-events.ts";
import { inventImportSubscription, inventSubscription } from "./invention/subscriptions.ts";
import { DAY } from "./invention/times.ts";
import { created, type Stored } from "./stored.ts";
import type { World } from "./world.ts";

/** What an invented account is made from. The same options give the same world, to the last uuid. */
export interface InventOptions {
  name: string;
  key: string;
  seed: number;
  /** How many customers and leads; four fifths have paid at some time. */
  customers: number;
  /** One of USD, EUR, GBP, JPY, CAD, SEK. Also decides whether words and places are Japanese. */
  currency: string;
  /** IANA name; decides on which calendar day a movement counts. */
  timeZone: string;
  /** Only its day counts, in UTC: the history ends where that day begins. */
  now: Date;
  /** Default monday. */
  weekStart?: "monday" | "sunday";
  /** Answers as before 2026: no account id, no subscription set in activities. Default false. */
  older?: boolean;
}

const HISTORY_DAYS = 730;

function emptyWorld(options: InventOptions, uuid: string, now: number): World {
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

function addSubscriptions(world: World, { random }: Setting, { customer, timelines }: Household): void {
  if (timelines.length === 0) return;
  const subscriptions = timelines.map((timeline) =>
    inventSubscription(random, timeline, 5_400_000_000 + random.integer(0, 900_000_000), customer.currency),
  );
  world.subscriptions.set(customer.uuid, subscriptions);
  const imported = timelines.map(inventImportSubscription).filter((row) => row !== undefined);
  if (imported.length > 0) world.importSubscriptions.set(customer.uuid, imported);
}

function addRelations(world: World, setting: Setting, { customer, knownSince }: Household): void {
  const { random, now, currency } = setting;
  const relationship: Relationship = { customer, words: wordsFor(currency), since: knownSince, now };
  const people = random.chance(0.55) ? random.integer(1, 2) : 0;
  const contacts = Array.from({ length: people }, (_, index) =>
    inventContact(random, relationship, index + 1),
  );
  const remarks = random.chance(0.35) ? random.integer(1, 3) : 0;
  for (let index = 0; index < remarks; index += 1) {
    world.notes.push(inventNote(random, relationship, contacts[0]));
  }
  if (random.chance(0.18)) world.opportunities.push(inventOpportunity(random, relationship));
  if (random.chance(0.15)) world.tasks.push(inventTask(random, relationship, contacts[0]));
  world.contacts.push(...contacts);
}

function byCreation(left: Stored, right: Stored): number {
  return (right[created] ?? 0) - (left[created] ?? 0);
}

/** Numbers the events by age, oldest first, as an account's database would have done. */
function addEvents(world: World, unnumbered: Unnumbered[]): void {
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
 * Invents two years of one account. Everything ties up: a customer's MRR is the sum of its active subscriptions and of
 * all its movements, and the metrics, which are made from the movements, end at the sum over all customers.
 */
export function inventWorld(options: InventOptions): World {
  const random = createRandom(options.seed, options.name);
  const now = Math.floor(options.now.getTime() / DAY) * DAY;
  const since = now - HISTORY_DAYS * DAY;
  const world = emptyWorld(options, random.uuid(), now);
  const { sources, ...catalog } = inventCatalog(random, options.currency, since - 45 * DAY);
  Object.assign(world, catalog);
  const selling = sources.filter((source) => source.offers.length > 0);
  const setting: Setting = { random, sources: selling, currency: options.currency, since, now };
  const events: Unnumbered[] = [];
  for (let index = 0; index < options.customers; index += 1) {
    const household = inventHousehold(setting, index);
    world.customers.push(household.customer);
    addSubscriptions(world, setting, household);
    world.invoices.push(...inventInvoices(random, { ...household, now }));
    world.activities.push(
      ...inventActivities(random, household.customer, household.timelines, options.older !== true),
    );
    events.push(...household.timelines.flatMap((timeline) => inventEvents(random, timeline)));
    addRelations(world, setting, household);
  }
  addEvents(world, events);
  sort(world);
  return world;
}

/**
 * The two accounts of the demo: "default" in dollars with 240 customers and "tokyo" in yen with 120. They follow from the
 * seed (default 1) and the day of `now` (default: today).
 */
export function inventAccounts(options: { seed?: number; now?: Date } = {}): World[] {
  const { seed = 1, now = new Date() } = options;
  return [
    inventWorld({
      name: "default",
      key: "sandbox-default-key",
      seed,
      customers: 240,
      currency: "USD",
      timeZone: "America/New_York",
      now,
      weekStart: "sunday",
    }),
    inventWorld({
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
