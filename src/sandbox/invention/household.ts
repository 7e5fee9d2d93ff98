import type { Customer } from "../../api/records.ts";
import type { Source } from "./catalog.ts";
import { type Identity, inventCustomer, inventExternalId } from "./customers.ts";
import { JAPANESE_PLACES, WESTERN_PLACES } from "./places.ts";
import type { Random } from "./random.ts";
import { inventTimeline, type Timeline } from "./timeline.ts";
import { DAY } from "./times.ts";
import { JAPANESE_WORDS, WESTERN_WORDS, type Words } from "./words.ts";

/** The surroundings of all customers of an account. Instants in milliseconds, whole seconds. */
export interface Setting {
  random: Random;
  /** Those that sell something. */
  sources: Source[];
  currency: string;
  since: number;
  now: number;
}

/** A customer with its subscriptions and what its invoices need to know. */
export interface Household {
  customer: Customer;
  timelines: Timeline[];
  overdue: Timeline | undefined;
  trialAt: number | null;
  /** Percent. */
  tax: number;
  /** When it was first heard of. */
  knownSince: number;
}

/** The word list that fits an account. */
export function wordsFor(currency: string): Words {
  return currency === "JPY" ? JAPANESE_WORDS : WESTERN_WORDS;
}

function wholeSeconds(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}

/** A seventh of the customers came over in the first weeks; the others join ever faster. */
function inventStart({ random, since, now }: Setting): number {
  const span = now - since - DAY;
  const share = random.chance(0.15) ? random.fraction() * 0.03 : random.fraction() ** 0.92;
  return wholeSeconds(since + share * span);
}

function inventIdentities({ random, sources }: Setting, index: number): Identity[] {
  const first = random.weigh(sources.map((source) => [source.weight, source] as const));
  const others = sources.filter((source) => source !== first);
  const chosen = index % 60 === 17 && others.length > 0 ? [first, random.pick(others)] : [first];
  return chosen.map((source) => ({
    source,
    externalId: inventExternalId(random, source.record.system, index),
  }));
}

function timelineOf(
  { random, currency, now }: Setting,
  { source, externalId }: Identity,
  start: number,
): Timeline {
  return inventTimeline(random, { source, customerExternalId: externalId, currency, start, now });
}

/** The subscriptions of one identity: after an ending there may be a new beginning, months later. */
function inventStints(setting: Setting, identity: Identity, start: number): Timeline[] {
  const stints: Timeline[] = [];
  for (let from = start; from < setting.now; ) {
    const timeline = timelineOf(setting, identity, from);
    stints.push(timeline);
    if (timeline.active || !setting.random.chance(0.35)) break;
    from = wholeSeconds(timeline.endsAt + (15 + setting.random.fraction() * 140) * DAY);
  }
  return stints;
}

function inventTimelines(setting: Setting, identities: Identity[], start: number): Timeline[] {
  const { random, now } = setting;
  const timelines: Timeline[] = [];
  for (const [position, identity] of identities.entries()) {
    const from = position === 0 ? start : wholeSeconds(start + random.fraction() * (now - start));
    timelines.push(...inventStints(setting, identity, from));
  }
  const [main] = identities;
  if (main !== undefined && random.chance(0.05)) {
    // An additional subscription next to the first one.
    timelines.push(timelineOf(setting, main, wholeSeconds(start + random.fraction() * (now - start))));
  }
  return timelines;
}

function findOverdue({ random, now }: Setting, timelines: Timeline[]): Timeline | undefined {
  const candidate = timelines.find((timeline) => {
    const last = timeline.bills.at(-1);
    return timeline.active && last !== undefined && !last.prorated && last.at + 2 * DAY < now;
  });
  return candidate !== undefined && random.chance(0.06) ? candidate : undefined;
}

/**
 * Invents the customer with this number, from 0. Every fifth is a lead, the first two leads have neither name nor e-mail
 * address, and one in sixty was merged from two sources.
 */
export function inventHousehold(setting: Setting, index: number): Household {
  const { random, currency, since } = setting;
  const isLead = index % 5 === 4;
  const place = random.pick(currency === "JPY" ? JAPANESE_PLACES : WESTERN_PLACES);
  const identities = inventIdentities(setting, index);
  const start = inventStart(setting);
  const timelines = isLead ? [] : inventTimelines(setting, identities, start);
  const overdue = findOverdue(setting, timelines);
  const trialAt = random.chance(0.35) ? start - 14 * DAY : null;
  const knownSince = Math.max(since - 30 * DAY, start - random.integer(15, 60) * DAY);
  const customer = inventCustomer(random, {
    id: 140_000_000 + index * 7,
    identities,
    place,
    words: wordsFor(currency),
    currency,
    timelines,
    pastDue: overdue !== undefined,
    leadAt: isLead || random.chance(0.6) ? knownSince : null,
    trialAt,
    blank: isLead && index < 10,
  });
  return { customer, timelines, overdue, trialAt, tax: place.tax, knownSince };
}
