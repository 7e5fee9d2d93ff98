import type { Customer, CustomValue } from "../../api/records.ts";
import type { Address } from "./addresses.ts";
import type { SellingSource } from "./catalog.ts";
import { getSign } from "./currencies.ts";
import type { NameParts } from "./name-parts.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import { dayLength, formatWithMilliseconds, formatWithOffset, formatWithSpace } from "./times.ts";

/** One external identity of a customer; a merged customer has two. */
export interface Identity {
  source: SellingSource;
  externalId: string;
}

/** The input of a customer record. Instants are in milliseconds. */
export interface CustomerTraits {
  id: number;
  identities: Identity[];
  place: Address;
  words: NameParts;
  currency: string;
  timelines: Timeline[];
  pastDue: boolean;
  leadAt: number | null;
  trialAt: number | null;
  blank: boolean;
}

/** Generates an external id in the style of a billing system. */
export function generateExternalId(random: Random, system: string, index: number): string {
  switch (system) {
    case "Stripe":
      return `cus_${random.uuid().replaceAll("-", "").slice(0, 14)}`;
    case "Google Sheets":
      return `row ${index + 2}`;
    default:
      return `A-${String(index + 1).padStart(5, "0")}`;
  }
}

/** Generates a first and a last name. */
export function generatePerson(random: Random, words: NameParts): { first: string; last: string } {
  return { first: random.pick(words.firstNames), last: random.pick(words.lastNames) };
}

/** Generates an e-mail address at a reserved domain. It has no letters outside ASCII, and the number makes it unique. */
export function formatEmail(first: string, last: string, number: number): string {
  const local = `${first}.${last}`
    .normalize("NFD")
    .replace(/[^A-Za-z.]/g, "")
    .toLowerCase();
  return `${local === "." ? "contact" : local}.${number}@example.${number % 3 === 0 ? "net" : "com"}`;
}

function generateCompany(random: Random, words: NameParts): string {
  if (random.chance(0.04)) return random.pick(words.oddCompanies);
  return `${random.pick(words.companyFirst)} ${random.pick(words.companySecond)}`;
}

function statusOf(random: Random, { timelines, pastDue }: CustomerTraits): Customer["status"] {
  if (timelines.some((timeline) => timeline.active)) return pastDue ? "Past Due" : "Active";
  if (timelines.length > 0) return "Cancelled";
  return random.weigh([
    [6, "New Lead"],
    [3, "Working Lead"],
    [2, "Qualified Lead"],
    [1, "Unqualified Lead"],
  ]);
}

function generateTags(random: Random, traits: CustomerTraits, status: Customer["status"]): string[] {
  const tags: string[] = [];
  for (const tag of ["greenhouse club", "referred", "non-profit", "newsletter"]) {
    if (random.chance(0.12)) tags.push(tag);
  }
  if (traits.identities.length > 1) tags.push("merged-customer");
  if (status === "Cancelled" && random.chance(0.2)) tags.push("auto-churned-delinquent-subscription");
  return tags;
}

/** Generates one attribute of each type. Most customers have only some of them. */
function generateCustom(random: Random, leadAt: number): Record<string, CustomValue> {
  const custom: Record<string, CustomValue> = {};
  if (random.chance(0.5)) custom["salesRegion"] = random.pick(["North", "South", "Islands", "Überland"]);
  if (random.chance(0.4)) custom["plannedSeats"] = random.integer(1, 60);
  if (random.chance(0.4)) custom["healthScore"] = random.integer(100, 999) / 100;
  if (random.chance(0.3)) custom["wantsNewsletter"] = random.chance(0.5);
  if (random.chance(0.3)) custom["onboardedAt"] = formatWithSpace(leadAt + random.integer(1, 20) * dayLength);
  return custom;
}

function urlOf(id: number, name: string): string {
  return `https://app.chartmogul.com/#/customers/${id}-${name.replace(/[^\p{L}\p{N}]+/gu, "_")}`;
}

function addressKeys(random: Random, { country, state, city, zip, countryName, stateName }: Address) {
  if (random.chance(0.08)) {
    return {
      country: null,
      state: null,
      city: random.pick([null, ""]),
      zip: null,
      address: { country: null, state: null, city: null, address_zip: null },
    };
  }
  return {
    country,
    state,
    city,
    zip,
    address: { country: countryName, state: stateName, city, address_zip: zip },
  };
}

/** The names of the customer. */
function generateNames(random: Random, { words, id, blank }: CustomerTraits) {
  if (blank) return { name: "", email: "", company: "" };
  const { first, last } = generatePerson(random, words);
  const company = random.chance(0.85) ? generateCompany(random, words) : "";
  const name = company === "" || random.chance(0.3) ? `${first} ${last}` : company;
  return { name, email: formatEmail(first, last, id), company };
}

function generateAttributes(
  random: Random,
  traits: CustomerTraits,
  system: string,
  status: Customer["status"],
): Customer["attributes"] {
  const [first] = traits.timelines;
  const metadata = { tenant: `t-${traits.id}`, invited: random.chance(0.5) };
  return {
    custom: generateCustom(random, traits.leadAt ?? first?.startedAt ?? 0),
    // The API removed this key in 2025. Some replies still have it, so readers must accept both.
    ...(random.chance(0.1) ? { clearbit: {} } : {}),
    stripe: system === "Stripe" && random.chance(0.3) ? metadata : {},
    tags: generateTags(random, traits, status),
  };
}

/** Gives the keys that the API added in 2023 and 2024. Some replies do not have them. */
function generateLateKeys(random: Random, id: number): Pick<Customer, "owner" | "website_url"> {
  const website = random.chance(0.5) ? `https://site-${id}.example.com` : null;
  return {
    ...(random.chance(0.93) ? { owner: random.chance(0.4) ? "accounts@example.com" : null } : {}),
    ...(random.chance(0.9) ? { website_url: website } : {}),
  };
}

/** Writes the customer record; its MRR is the sum of the active timelines. */
export function generateCustomer(random: Random, traits: CustomerTraits): Customer {
  const { id, identities, timelines, currency, leadAt, trialAt } = traits;
  const [main] = identities;
  if (main === undefined) throw new Error("A customer needs an identity");
  const status = statusOf(random, traits);
  const names = generateNames(random, traits);
  const live = timelines.filter((timeline) => timeline.active);
  const mrr = live.reduce((sum, timeline) => sum + timeline.mrr, 0);
  const since = timelines.length === 0 ? null : Math.min(...timelines.map((timeline) => timeline.startedAt));
  const system = main.source.record.system;
  const { address, ...place } = addressKeys(random, traits.place);
  return {
    id,
    uuid: `cus_${random.uuid()}`,
    external_id: main.externalId,
    name: names.name,
    email: names.email,
    status,
    "customer-since": since === null ? null : formatWithOffset(since),
    attributes: generateAttributes(random, traits, system, status),
    data_source_uuid: main.source.record.uuid,
    data_source_uuids: identities.map((identity) => identity.source.record.uuid),
    external_ids: identities.map((identity) => identity.externalId),
    company: names.company,
    ...place,
    lead_created_at: leadAt === null ? null : formatWithMilliseconds(leadAt),
    free_trial_started_at: trialAt === null ? null : formatWithMilliseconds(trialAt),
    address,
    mrr,
    arr: mrr * 12,
    "billing-system-url":
      system === "Stripe" ? `https://billing.example.com/customers/${main.externalId}` : null,
    "chartmogul-url": urlOf(id, names.company || names.name),
    "billing-system-type": system,
    currency,
    "currency-sign": getSign(currency),
    ...generateLateKeys(random, id),
  };
}
