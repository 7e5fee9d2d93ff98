import type { Customer } from "../../src/api/records.ts";
import { deleteCustomer, reissueActivities } from "../../src/sandbox/edits.ts";
import type { Random } from "../../src/sandbox/generation/random.ts";
import type { World } from "../../src/sandbox/world.ts";

/** Changes something and says what; undefined where there is nothing to change. */
type Change = (world: World, random: Random, at: Date) => string | undefined;

const changesADay = 20;
/** More than two pages of invoices. */
const flood = 450;

const day = 86_400_000;

/** One of these records, whatever order requests have put them into meanwhile. */
export function oneOf<R extends { readonly uuid: string }>(random: Random, records: readonly R[]): R {
  return random.pick(inOneOrder(records));
}

function inOneOrder<R extends { readonly uuid: string }>(records: readonly R[]): R[] {
  return records.toSorted((one, other) => (one.uuid < other.uuid ? -1 : 1));
}

/** Some of these records, each with this probability. */
function someOf<R extends { readonly uuid: string }>(
  random: Random,
  records: readonly R[],
  share: number,
): R[] {
  return inOneOrder(records).filter(() => random.chance(share));
}

/**
 * Customers whose activities move. No new activities of theirs come: where a new one comes for each that leaves the days that are read,
 * the sync takes the moved one for replaced, as decision 12 says.
 */
const areMoved = (customer: string) => /[02468ace]$/.test(customer);

const changeSubscriptions = (world: World, random: Random, { uuid }: Customer) => {
  const [first, ...others] = world.subscriptions.get(uuid) ?? [];
  if (!first) return "has no subscriptions";
  const what = random.pick(["more seats", "one less", "one more"]);
  if (what === "more seats") first.quantity += 1;
  if (what === "one less") world.subscriptions.set(uuid, others);
  const another = { ...structuredClone(first), uuid: random.uuid() };
  if (what === "one more") world.subscriptions.set(uuid, [first, ...others, another]);
  return `subscriptions: ${what}`;
};

const newInvoices = (world: World, random: Random, count: number) => {
  const model = oneOf(random, world.invoices);
  for (let number = 0; number < count; number += 1) {
    world.invoices.push({ ...structuredClone(model), uuid: `inv_${random.uuid()}` });
  }
  return `${count} new invoices`;
};

/** Takes one of the records out of the world. */
const lose =
  (list: "invoices" | "activities" | "contacts" | "notes"): Change =>
  (world, random) => {
    const records: { readonly uuid: string }[] = world[list];
    if (records.length === 0) return undefined;
    const gone = oneOf(random, records);
    records.splice(records.indexOf(gone), 1);
    return `${list}: ${gone.uuid} is gone`;
  };

const moveActivity: Change = (world, random) => {
  const movable = world.activities.filter((each) => areMoved(each["customer-uuid"]));
  const last = Math.max(...world.activities.map(({ date }) => Date.parse(date)));
  const recent = movable.filter(({ date }) => Date.parse(date) > last - 30 * day);
  if (recent.length === 0) return undefined;
  const moved = oneOf(random, recent);
  moved.date = oneOf(random, movable).date;
  return `activity ${moved.uuid} moved to ${moved.date}`;
};

const newActivity: Change = (world, random, at) => {
  const others = world.customers.filter(({ uuid }) => !areMoved(uuid));
  if (others.length === 0 || world.activities.length === 0) return undefined;
  const customer = oneOf(random, others);
  world.activities.push({
    ...structuredClone(oneOf(random, world.activities)),
    uuid: random.uuid(),
    date: at.toISOString().replace(/\.\d+Z/, "+00:00"),
    "customer-uuid": customer.uuid,
  });
  return `new activity of ${customer.uuid}, ${changeSubscriptions(world, random, customer)}`;
};

const reissue: Change = (world, random) => {
  const { uuid } = oneOf(random, world.customers);
  if (areMoved(uuid)) return undefined;
  reissueActivities(world, uuid);
  return `activities of ${uuid} made again`;
};

const changes: readonly (readonly [weight: number, change: Change])[] = [
  [
    6,
    (world, random) => {
      const customer = oneOf(random, world.customers);
      return `${customer.uuid} ${changeSubscriptions(world, random, customer)}, the customer unchanged`;
    },
  ],
  [
    6,
    (world, random) => {
      const customer = oneOf(random, world.customers);
      customer.company = `Company ${random.uuid()}`;
      return `${customer.uuid} renamed, ${changeSubscriptions(world, random, customer)}`;
    },
  ],
  [
    5,
    (world, random) => {
      const invoice = oneOf(random, world.invoices);
      invoice.external_id = random.uuid();
      return `invoice ${invoice.uuid} renumbered`;
    },
  ],
  [3, lose("invoices")],
  [3, (world, random) => newInvoices(world, random, 3)],
  [0.8, (world, random) => newInvoices(world, random, flood)],
  [4, newActivity],
  [3, moveActivity],
  [3, reissue],
  [3, lose("activities")],
  [
    2,
    (world, random) => {
      if (world.contacts.length === 0) return undefined;
      const contact = oneOf(random, world.contacts);
      contact.title = `Title ${random.uuid()}`;
      return `contact ${contact.uuid} has another title`;
    },
  ],
  [1, lose("contacts")],
  [1, lose("notes")],
  [
    1,
    (world, random) => {
      const { uuid } = oneOf(random, world.customers);
      deleteCustomer(world, uuid);
      return `customer ${uuid} deleted`;
    },
  ],
];

/** Changes a few records of every kind, as a day would, and says how. */
export function changeAtRandom(world: World, random: Random, at: Date): string[] {
  return Array.from({ length: changesADay }, () => random.weigh(changes)(world, random, at) ?? []).flat();
}

/** Records that ChartMogul does not show for a day. */
interface Hidden {
  readonly name: string;
  comeBack(): void;
}

/** Hides many records of one kind. */
export function hideAtRandom(world: World, random: Random): Hidden {
  const name = random.pick(["invoices", "activities", "subscriptions"] as const);
  if (name === "subscriptions") {
    const hidden = someOf(random, world.customers, 0.6).map(({ uuid }) => {
      const own = world.subscriptions.get(uuid) ?? [];
      world.subscriptions.set(uuid, []);
      return [uuid, own] as const;
    });
    const comeBack = () => {
      for (const [uuid, own] of hidden) world.subscriptions.set(uuid, own);
    };
    return { name, comeBack };
  }
  const records: { readonly uuid: string }[] = world[name];
  const hidden = someOf(random, records, 0.3);
  const keys = new Set(hidden.map(({ uuid }) => uuid));
  records.splice(0, records.length, ...records.filter(({ uuid }) => !keys.has(uuid)));
  return { name, comeBack: () => void records.push(...hidden) };
}
