import type { World } from "../../src/sandbox/world.ts";
import { formatTimestamp } from "../../src/schema/timestamp.ts";
import type { ResourceReport } from "../../src/sync/report.ts";
import { looking } from "./syncing.ts";

/** How a resource is compared: by key, one value of each record in the account and in the warehouse. */
interface Watched {
  records(world: World): (readonly [key: string, value: unknown])[];
  /** Gives `key`, `value` and `deleted_at`. */
  readonly select: string;
}

const watched: Readonly<Record<string, Watched>> = {
  customers: {
    records: ({ customers }) => customers.map(({ uuid, company }) => [uuid, company]),
    select: "SELECT uuid AS key, company AS value, deleted_at FROM customers",
  },
  subscriptions: {
    records: ({ subscriptions }) =>
      [...subscriptions].flatMap(([customer, own]) =>
        own.map(({ uuid, quantity }) => [`${customer}/${uuid}`, quantity] as const),
      ),
    select: "SELECT customer_uuid || '/' || uuid AS key, quantity AS value, deleted_at FROM subscriptions",
  },
  invoices: {
    records: ({ invoices }) => invoices.map(({ uuid, external_id }) => [uuid, external_id]),
    select: "SELECT uuid AS key, external_id AS value, deleted_at FROM invoices",
  },
  activities: {
    records: ({ activities }) => activities.map(({ uuid, date }) => [uuid, formatTimestamp(new Date(date))]),
    select: "SELECT uuid AS key, date AS value, deleted_at FROM activities",
  },
  contacts: {
    records: ({ contacts }) => contacts.map(({ uuid, title }) => [uuid, title]),
    select: "SELECT uuid AS key, title AS value, deleted_at FROM contacts",
  },
  notes: {
    records: ({ notes }) => notes.map(({ uuid, text }) => [uuid, text]),
    select: "SELECT uuid AS key, text AS value, deleted_at FROM notes",
  },
};

interface Row {
  readonly key: string;
  readonly value: unknown;
  readonly deleted_at: string | null;
}

/** The records of a resource in the account, and when they changed. */
interface Known {
  readonly resource: string;
  now: ReadonlyMap<string, string>;
  /** When each record was seen to be another one, or gone, as a timestamp. */
  readonly changed: Map<string, string>;
  /** Records that were hidden for a while. They are in their old place again, which a walk of a part need not reach. */
  readonly cameBack: Set<string>;
}

// The warehouse has no empty strings.
const text = (value: unknown) => String(value === "" ? null : value);
const recordsNow = (world: World, { records }: Watched) =>
  new Map(records(world).map(([key, value]) => [key, text(value)]));
const since = ({ changed }: Known, key: string) => changed.get(key) ?? "";

function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}

/** Remembers the records of an account and since when, and finds where a warehouse contradicts them. */
export function witnessOf(world: World) {
  const all = Object.entries(watched).map(([resource, each]): Known & Watched => ({
    ...each,
    resource,
    now: recordsNow(world, each),
    changed: new Map(),
    cameBack: new Set(),
  }));
  return {
    /** Looks at the account again. */
    look(at: Date) {
      for (const known of all) {
        const now = recordsNow(world, known);
        for (const key of differing(known.now, now)) {
          if (known.changed.has(key) && !known.now.has(key)) known.cameBack.add(key);
          known.changed.set(key, formatTimestamp(at));
        }
        known.now = now;
      }
    },
    /** The errors in the warehouse after a sync that ended like this; `isWhole` where it was to read everything. */
    contradictions(path: string, reports: readonly ResourceReport[], isWhole: boolean): string[] {
      return all.flatMap((known) => {
        const report = reports.find(({ resource }) => resource === known.resource);
        if (!report) return `${known.resource}: no report`;
        const rows = looking(path, ({ sqlite }) => sqlite.prepare<[], Row>(known.select).all());
        const found = [
          ...wrongDeletes(known, rows),
          ...(report.status === "complete" ? broken(known, rows, report, isWhole) : []),
        ];
        return found.map((what) => `${known.resource}: ${what}`);
      });
    },
  };
}

function wrongDeletes(known: Known, rows: readonly Row[]): string[] {
  return rows.flatMap(({ key, deleted_at }) =>
    deleted_at !== null && known.now.has(key) && since(known, key) < deleted_at
      ? `${key} was marked as deleted at ${deleted_at} and is still there, last changed ${since(known, key)}`
      : [],
  );
}

/** The promises that a complete sync has broken. */
function broken(known: Known, rows: readonly Row[], report: ResourceReport, isWhole: boolean): string[] {
  const { resource, now, cameBack } = known;
  const live = new Map(
    rows.flatMap(({ key, value, deleted_at }) => (deleted_at === null ? [[key, text(value)] as const] : [])),
  );
  const stored = new Set(rows.map(({ key }) => key));
  const began = report.walk_started_at ?? "";
  const freshAsOf = report.fresh_as_of ?? "";
  // A resumed walk does not see changes since then before its checkpoint.
  const wasToSee = (key: string) => since(known, key) <= began;
  const different = (key: string) =>
    `${key} is ${live.get(key) ?? "not there"} instead of ${now.get(key) ?? "not there"}, changed ${since(known, key)}`;
  const off = differing(now, live);
  return [
    ...off
      .filter((key) => isWhole && wasToSee(key))
      .map((key) => `${different(key)}, read whole at ${began}`),
    ...off
      .filter((key) => since(known, key) < freshAsOf)
      .map((key) => `${different(key)}, fresh as of ${freshAsOf}`),
    ...[...now.keys()]
      .filter((key) => resource === "invoices" && !stored.has(key) && wasToSee(key) && !cameBack.has(key))
      .map((key) => `${key} was passed over, new since ${since(known, key)}`),
  ];
}
