import type { Customer } from "../../api/records.ts";
import { japaneseAddresses, westernAddresses } from "./addresses.ts";
import type { SellingSource } from "./catalog.ts";
import { generateCustomer, generateExternalId, type Identity } from "./customers.ts";
import { japaneseNames, type NameParts, westernNames } from "./name-parts.ts";
import type { Random } from "./random.ts";
import { generateTimeline, type Timeline } from "./timeline.ts";
import { dayLength } from "./times.ts";

/** The values that all customers of an account share. Instants are whole seconds, in milliseconds. */
export interface AccountSetting {
  random: Random;
  /** The sources that sell something. */
  sources: SellingSource[];
  currency: string;
  since: number;
  now: number;
}

/** A customer with its subscriptions and the input of its invoices. */
export interface CustomerHistory {
  customer: Customer;
  timelines: Timeline[];
  overdue: Timeline | undefined;
  trialAt: number | null;
  /** Percent. */
  tax: number;
  /** The time at which it became a lead. */
  knownSince: number;
}

/** Gives the names that fit the currency of an account. */
export function chooseNameParts(currency: string): NameParts {
  return currency === "JPY" ? japaneseNames : westernNames;
}

function wholeSeconds(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}

/** A seventh of the customers join in the first weeks; the others join ever faster. */
function generateStart({ random, since, now }: AccountSetting): number {
  const span = now - since - dayLength;
  const share = random.chance(0.15) ? random.fraction() * 0.03 : random.fraction() ** 0.92;
  return wholeSeconds(since + share * span);
}

function generateIdentities({ random, sources }: AccountSetting, index: number): Identity[] {
  const first = random.weigh(sources.map((source) => [source.weight, source] as const));
  const others = sources.filter((source) => source !== first);
  const chosen = index % 60 === 17 && others.length > 0 ? [first, random.pick(others)] : [first];
  return chosen.map((source) => ({
    source,
    externalId: generateExternalId(random, source.record.system, index),
  }));
}

function timelineOf(
  { random, currency, now }: AccountSetting,
  { source, externalId }: Identity,
  start: number,
): Timeline {
  return generateTimeline(random, { source, customerExternalId: externalId, currency, start, now });
}

/** Generates the subscriptions of one identity. Months after one ends, another may begin. */
function generateTimelinesOf(setting: AccountSetting, identity: Identity, start: number): Timeline[] {
  const timelines: Timeline[] = [];
  for (let from = start; from < setting.now; ) {
    const timeline = timelineOf(setting, identity, from);
    timelines.push(timeline);
    if (timeline.active || !setting.random.chance(0.35)) break;
    from = wholeSeconds(timeline.endsAt + (15 + setting.random.fraction() * 140) * dayLength);
  }
  return timelines;
}

function generateTimelines(setting: AccountSetting, identities: Identity[], start: number): Timeline[] {
  const { random, now } = setting;
  const timelines: Timeline[] = [];
  for (const [position, identity] of identities.entries()) {
    const from = position === 0 ? start : wholeSeconds(start + random.fraction() * (now - start));
    timelines.push(...generateTimelinesOf(setting, identity, from));
  }
  const [main] = identities;
  if (main !== undefined && random.chance(0.05)) {
    // An additional subscription next to the first one.
    timelines.push(timelineOf(setting, main, wholeSeconds(start + random.fraction() * (now - start))));
  }
  return timelines;
}

function findOverdue({ random, now }: AccountSetting, timelines: Timeline[]): Timeline | undefined {
  const candidate = timelines.find((timeline) => {
    const last = timeline.bills.at(-1);
    return timeline.active && last !== undefined && !last.prorated && last.at + 2 * dayLength < now;
  });
  return candidate !== undefined && random.chance(0.06) ? candidate : undefined;
}

/**
 * Generates the customer with this number, from 0. Every fifth is a lead, the first two leads have neither name nor e-mail
 * address, and one in sixty was merged from two sources.
 */
export function generateCustomerHistory(setting: AccountSetting, index: number): CustomerHistory {
  const { random, currency, since } = setting;
  const isLead = index % 5 === 4;
  const place = random.pick(currency === "JPY" ? japaneseAddresses : westernAddresses);
  const identities = generateIdentities(setting, index);
  const start = generateStart(setting);
  const timelines = isLead ? [] : generateTimelines(setting, identities, start);
  const overdue = findOverdue(setting, timelines);
  const trialAt = random.chance(0.35) ? start - 14 * dayLength : null;
  const knownSince = Math.max(since - 30 * dayLength, start - random.integer(15, 60) * dayLength);
  const customer = generateCustomer(random, {
    id: 140_000_000 + index * 7,
    identities,
    place,
    words: chooseNameParts(currency),
    currency,
    timelines,
    pastDue: overdue !== undefined,
    leadAt: isLead || random.chance(0.6) ? knownSince : null,
    trialAt,
    blank: isLead && index < 10,
  });
  return { customer, timelines, overdue, trialAt, tax: place.tax, knownSince };
}
