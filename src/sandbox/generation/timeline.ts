import type { Offer, SellingSource } from "./catalog.ts";
import { getRate } from "./currencies.ts";
import type { Random } from "./random.ts";
import { countPeriodsPerMonth, getPeriodStart } from "./times.ts";

/** A change of one subscription's MRR; `before` and `after` in hundredths of the account's currency. */
export interface Change {
  at: number;
  kind: "start" | "seats" | "plan" | "end";
  before: number;
  after: number;
  offer: Offer;
  quantity: number;
}

/** The cost of one billing period, or of the rest of one after a change, in hundredths of the offer's currency. */
export interface Bill {
  at: number;
  until: number;
  offer: Offer;
  quantity: number;
  /** After discount, before tax. */
  net: number;
  discount: number;
  prorated: boolean;
}

/** The history of one subscription up to now. */
export interface Timeline {
  source: SellingSource;
  customerExternalId: string;
  externalId: string;
  setExternalId: string | null;
  /** The uuid in the import list and line items, without its prefix. The subscription list has another uuid. */
  importUuid: string;
  startedAt: number;
  /** The end of the paid period, or when the subscription ended. */
  endsAt: number;
  active: boolean;
  offer: Offer;
  quantity: number;
  /** The last MRR, also when inactive. */
  mrr: number;
  changes: Change[];
  bills: Bill[];
}

/** The input of a timeline. Instants are whole seconds, in milliseconds. */
export interface TimelineStart {
  source: SellingSource;
  customerExternalId: string;
  currency: string;
  start: number;
  now: number;
}

/** The chance per month that a subscription ends, for plans of up to a month and for longer ones. */
const monthlyChurn = { short: 0.026, long: 0.014 };
const monthlyAlteration = 0.045;

function chanceOver(monthly: number, months: number): number {
  return 1 - (1 - monthly) ** months;
}

function afterDiscount(amount: number, discount: number): number {
  return Math.round(amount * (1 - discount));
}

interface State extends Timeline {
  discount: number;
  currency: string;
}

function mrrOf({ discount, currency }: State, offer: Offer, quantity: number): number {
  const net = afterDiscount(offer.price * quantity, discount);
  return Math.round(net * getRate(offer.currency, currency) * countPeriodsPerMonth(offer.plan));
}

function neighbour({ source, offer }: State, step: number): Offer | undefined {
  return source.offers.find(
    (other) =>
      other.currency === offer.currency &&
      other.plan.interval_unit === offer.plan.interval_unit &&
      other.plan.interval_count === offer.plan.interval_count &&
      other.tier === offer.tier + step,
  );
}

function become(state: State, at: number, kind: Change["kind"], offer: Offer, quantity: number): void {
  const before = kind === "start" ? 0 : state.mrr;
  const after = mrrOf(state, offer, quantity);
  Object.assign(state, { offer, quantity, mrr: after });
  state.changes.push({ at, kind, before, after, offer, quantity });
}

/** Changes seats or plan: upwards twice as often as downwards, which makes accounts grow. */
function alter(random: Random, state: State, at: number): void {
  const up = random.chance(0.68);
  const other = neighbour(state, up ? 1 : -1);
  if (other !== undefined && random.chance(0.4)) become(state, at, "plan", other, state.quantity);
  else if (up) become(state, at, "seats", state.offer, state.quantity + random.integer(1, 3));
  else if (state.quantity > 1) become(state, at, "seats", state.offer, state.quantity - 1);
}

function bill(state: State, at: number, until: number): void {
  const { offer, quantity, discount } = state;
  const list = offer.price * quantity;
  const net = afterDiscount(list, discount);
  state.bills.push({ at, until, offer, quantity, net, discount: list - net, prorated: false });
}

/** Bills a change within a paid period: the customer pays, or gets back, the difference for the rest of the period. */
function alterWithin(random: Random, state: State, from: number, until: number, now: number): void {
  const at = from + Math.floor((random.fraction() * (until - from)) / 1000) * 1000;
  const old = afterDiscount(state.offer.price * state.quantity, state.discount);
  const known = state.changes.length;
  if (at <= from || at > now) return;
  alter(random, state, at);
  if (state.changes.length === known) return;
  const { offer, quantity, discount } = state;
  const difference = afterDiscount(offer.price * quantity, discount) - old;
  const net = Math.round((difference * (until - at)) / (until - from));
  state.bills.push({ at, until, offer, quantity, net, discount: 0, prorated: true });
}

function end(state: State, at: number): void {
  const { mrr, offer, quantity } = state;
  state.changes.push({ at, kind: "end", before: mrr, after: 0, offer, quantity });
  state.active = false;
  state.endsAt = at;
}

function begin(random: Random, { source, customerExternalId, currency, start }: TimelineStart): State {
  const offer = random.weigh(source.offers.map((each) => [each.weight, each] as const));
  const inSet = source.record.system !== "Stripe" && random.chance(0.5);
  const code = random.integer(10_000, 999_999);
  return {
    source,
    customerExternalId,
    externalId:
      source.record.system === "Stripe"
        ? `sub_${random.uuid().replaceAll("-", "").slice(0, 16)}`
        : `S-${code}`,
    setExternalId: inSet ? `SET-${code}` : null,
    importUuid: random.uuid(),
    startedAt: start,
    endsAt: start,
    active: true,
    offer,
    quantity: random.weigh([
      [5, 1],
      [2, 2],
      [2, 3],
      [1, random.integer(4, 25)],
    ]),
    mrr: 0,
    discount: random.weigh([
      [86, 0],
      [9, 0.1],
      [5, 0.25],
    ]),
    currency,
    changes: [],
    bills: [],
  };
}

/** Generates a subscription, period by period, until it ends or until now. */
export function generateTimeline(random: Random, given: TimelineStart): Timeline {
  const { start, now } = given;
  const state = begin(random, given);
  const months = 1 / countPeriodsPerMonth(state.offer.plan);
  const churn = chanceOver(months > 1 ? monthlyChurn.long : monthlyChurn.short, months);
  const alteration = chanceOver(monthlyAlteration, Math.min(months, 8));
  become(state, start, "start", state.offer, state.quantity);
  let from = start;
  for (let period = 1; from <= now; period += 1) {
    if (period > 1 && random.chance(churn)) {
      end(state, from);
      break;
    }
    if (period > 1 && random.chance(alteration)) alter(random, state, from);
    const until = getPeriodStart(start, state.offer.plan, period);
    bill(state, from, until);
    state.endsAt = until;
    if (random.chance(0.015 * Math.min(months, 6))) alterWithin(random, state, from, until, now);
    from = until;
  }
  const { discount: _discount, currency: _currency, ...timeline } = state;
  return timeline;
}
