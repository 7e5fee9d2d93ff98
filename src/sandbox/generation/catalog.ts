import { created } from "../stored.ts";
import type { DataSource, GeneratedPlan, PlanGroup } from "../world.ts";
import type { Random } from "./random.ts";
import { dayLength, formatWithMilliseconds } from "./times.ts";

/** A plan with what the API keeps to itself: the price of one seat for one billing period, in hundredths. */
export interface Offer {
  plan: GeneratedPlan;
  price: number;
  currency: string;
  /** Offers that differ only in this can be switched between; higher is dearer. */
  tier: number;
  /** Its weight when one of its source's offers is chosen. */
  weight: number;
}

/** A data source with what it sells. */
export interface SellingSource {
  record: DataSource;
  offers: Offer[];
  /** Its weight when a customer's source is chosen. */
  weight: number;
}

/** The offers of an account and the sources that sell them. The last source never imported anything. */
export interface Catalog {
  sources: SellingSource[];
  dataSources: DataSource[];
  plans: GeneratedPlan[];
  planGroups: PlanGroup[];
}

interface Cycle {
  name: string;
  count: number;
  unit: GeneratedPlan["interval_unit"];
  /** The price of a period in months of the monthly price: ten months buy a year. */
  months: number;
  weight: number;
}

const cycles: readonly Cycle[] = [
  { name: "Monthly", count: 1, unit: "month", months: 1, weight: 66 },
  { name: "Annual", count: 1, unit: "year", months: 10, weight: 22 },
  { name: "Half-yearly", count: 6, unit: "month", months: 5.5, weight: 7 },
  { name: "Weekly", count: 7, unit: "day", months: 0.26, weight: 5 },
];

const tiers = [
  { name: "Seedling", price: 19, weight: 45 },
  { name: "Grove", price: 59, weight: 38 },
  { name: "Woodland", price: 189, weight: 17 },
] as const;

/** Prices of one currency against the list price in dollars; rounded as a price list would be. */
const priceFactors = new Map([
  ["USD", 1],
  ["EUR", 0.95],
  ["GBP", 0.8],
  ["CAD", 1.35],
  ["SEK", 10],
  ["JPY", 140],
]);

interface SourceTemplate {
  name: string;
  system: string;
  currencies: readonly string[];
  weight: number;
}

function listTemplates(currency: string): SourceTemplate[] {
  if (currency === "JPY") {
    return [
      { name: "Stripe Japan", system: "Stripe", currencies: ["JPY", "USD"], weight: 60 },
      { name: "請求書バッチ", system: "Import API", currencies: ["JPY"], weight: 40 },
      { name: "Trial import", system: "Google Sheets", currencies: [], weight: 0 },
    ];
  }
  const others = ["USD", "EUR", "GBP"].filter((other) => other !== currency).slice(0, 2);
  return [
    { name: "Card billing", system: "Stripe", currencies: [currency, ...others], weight: 65 },
    { name: "Reseller ledger", system: "Custom", currencies: [currency, "CAD"], weight: 25 },
    { name: "Paper invoices", system: "Google Sheets", currencies: [currency], weight: 10 },
    { name: "Old shop", system: "Import API", currencies: [], weight: 0 },
  ];
}

function generateSource(
  random: Random,
  { name, system, currencies, weight }: SourceTemplate,
  at: number,
): SellingSource {
  const idle = currencies.length > 0;
  const handling = {
    create_subscription_when_invoice_is: "open",
    update_subscription_when_invoice_is: "paid",
    prevent_subscription_for_invoice_voided: true,
    prevent_subscription_for_invoice_refunded: false,
    prevent_subscription_for_invoice_written_off: true,
  };
  const record: DataSource = {
    uuid: `ds_${random.uuid()}`,
    name,
    system,
    created_at: formatWithMilliseconds(at),
    status: idle ? "idle" : "never_imported",
    ...(idle ? { processing_status: { processed: random.integer(500, 9000), failed: 0, pending: 0 } } : {}),
    auto_churn_subscription_setting: {
      enabled: system === "Stripe",
      interval: system === "Stripe" ? 30 : null,
    },
    invoice_handling_setting: { manual: handling, automatic: handling },
  };
  return { record, offers: [], weight };
}

function generatePlan(
  random: Random,
  source: SellingSource,
  cycle: Cycle,
  name: string,
  at: number,
): GeneratedPlan {
  const uuid = random.uuid();
  const slug = name
    .toLowerCase()
    .replace(/[^a-z]+/g, "_")
    .replace(/_$/, "");
  return {
    [created]: at * 1000 + random.integer(0, 999),
    // A plan that was made without an external id gets its uuid as external id.
    external_id: random.chance(0.15) ? uuid : slug,
    name,
    interval_count: cycle.count,
    uuid: `pl_${uuid}`,
    interval_unit: cycle.unit,
    data_source_uuid: source.record.uuid,
  };
}

function generateOffers(
  random: Random,
  source: SellingSource,
  currency: string,
  isMain: boolean,
  at: number,
): Offer[] {
  const offers: Offer[] = [];
  const factor = priceFactors.get(currency) ?? 1;
  // Only the main currency is sold by the week and the half-year.
  for (const cycle of cycles.filter(({ weight }) => isMain || weight > 10)) {
    for (const [tier, { name, price, weight }] of tiers.entries()) {
      const words = `${name} ${cycle.name}${isMain ? "" : ` (${currency})`}`;
      offers.push({
        plan: generatePlan(random, source, cycle, words, at + offers.length * 1500),
        price: Math.round(price * factor * cycle.months) * 100,
        currency,
        tier,
        weight: weight * cycle.weight * (isMain ? 3 : 1),
      });
    }
  }
  return offers;
}

function generateGroups(random: Random, plans: GeneratedPlan[], at: number): PlanGroup[] {
  const group = (name: string, index: number, words: string): PlanGroup => ({
    [created]: (at + index * dayLength) * 1000 + random.integer(0, 999),
    uuid: `plg_${random.uuid()}`,
    name,
    planUuids: plans.filter((plan) => plan.name.includes(words)).map((plan) => plan.uuid),
  });
  return [
    group("Yearly commitments", 0, "Annual"),
    group("Woodland family", 1, "Woodland"),
    group("Retired plans", 2, "Sapling"),
  ];
}

/** Generates sources, plans and plan groups that exist from `at` (milliseconds) on. */
export function generateCatalog(random: Random, currency: string, at: number): Catalog {
  const sources: SellingSource[] = [];
  for (const [index, template] of listTemplates(currency).entries()) {
    const openedAt = at + index * 2 * dayLength;
    const source = generateSource(random, template, openedAt);
    for (const [position, each] of template.currencies.entries()) {
      source.offers.push(
        ...generateOffers(random, source, each, position === 0, openedAt + (position + 1) * 60_000),
      );
    }
    sources.push(source);
  }
  const plans = sources.flatMap((source) => source.offers.map((offer) => offer.plan));
  return {
    sources,
    dataSources: sources.map((source) => source.record),
    plans,
    planGroups: generateGroups(random, plans, at + 5 * dayLength),
  };
}
