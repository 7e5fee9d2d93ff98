import type { World } from "../../src/sandbox/world.ts";
import { formatTimestamp } from "../../src/schema/timestamp.ts";
import type { ResourceReport } from "../../src/sync/report.ts";
import { looking } from "./syncing.ts";

/** What is compared of a resource: by key one value of each record, as the account has it and as the warehouse has it. */
interface Watched {
  had(world: World): (readonly [key: string, value: unknown])[];
  /** Gives `key`, `value` and `deleted_at`. */
  readonly select: string;
}

const watched: Readonly<Record<string, Watched>> = {
  customers: {
    had: ({ customers }) => customers.map(({ uuid, company }) => [uuid, company]),
    select: "SELECT uuid AS key, company AS value, deleted_at FROM customers",
  },
  subscriptions: {
    had: ({ subscriptions }) =>
      [...subscriptions].flatMap(([customer, own]) =>
        own.map(({ uuid, quantity }) => [`${customer}/${uuid}`, quantity] as const),
      ),
    select: "SELECT customer_uuid || '/' || uuid AS key, quantity AS value, deleted_at FROM subscriptions",
  },
  invoices: {
    had: ({ invoices }) => invoices.map(({ uuid, external_id }) => [uuid, external_id]),
    select: "SELECT uuid AS key, external_id AS value, deleted_at FROM invoices",
  },
  activities: {
    had: ({ activities }) => activities.map(({ uuid, date }) => [uuid, formatTimestamp(new Date(date))]),
    select: "SELECT uuid AS key, date AS value, deleted_at FROM activities",
  },
  contacts: {
    had: ({ contacts }) => contacts.map(({ uuid, title }) => [uuid, title]),
    select: "SELECT uuid AS key, title AS value, deleted_at FROM contacts",
  },
  notes: {
    had: ({ notes }) => notes.map(({ uuid, text }) => [uuid, text]),
    select: "SELECT uuid AS key, text AS value, deleted_at FROM notes",
  },
};

interface Row {
  readonly key: string;
  readonly value: unknown;
  readonly deleted_at: string | null;
}

/** What a resource has in the account, and when it has changed. */
interface Known {
  readonly resource: string;
  now: ReadonlyMap<string, string>;
  /** When each record was seen to be another one, or gone, as a timestamp. */
  readonly changed: Map<string, string>;
  /** Records that were not shown for a while. They stand in their old place again, where a walk that is cut short need not come. */
  readonly cameBack: Set<string>;
}

// The warehouse has no empty strings.
const text = (value: unknown) => String(value === "" ? null : value);
const heldNow = (world: World, { had }: Watched) =>
  new Map(had(world).map(([key, value]) => [key, text(value)]));
const since = ({ changed }: Known, key: string) => changed.get(key) ?? "";

function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}

/** Remembers what an account had and since when, and says where a warehouse tells something else than it may. */
export function witnessOf(world: World) {
  const all = Object.entries(watched).map(([resource, each]): Known & Watched => ({
    ...each,
    resource,
    now: heldNow(world, each),
    changed: new Map(),
    cameBack: new Set(),
  }));
  return {
    /** Looks at the account again. */
    look(at: Date) {
      for (const known of all) {
        const now = heldNow(world, known);
        for (const key of differing(known.now, now)) {
          if (known.changed.has(key) && !known.now.has(key)) known.cameBack.add(key);
          known.changed.set(key, formatTimestamp(at));
        }
        known.now = now;
      }
    },
    /** What is wrong in the warehouse after a sync that ended like this; `isWhole` where it was to leave nothing out. */
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

/** What a complete sync has promised and not kept. */
function broken(known: Known, rows: readonly Row[], report: ResourceReport, isWhole: boolean): string[] {
  const { resource, now, cameBack } = known;
  const live = new Map(
    rows.flatMap(({ key, value, deleted_at }) => (deleted_at === null ? [[key, text(value)] as const] : [])),
  );
  const stored = new Set(rows.map(({ key }) => key));
  const began = report.walk_started_at ?? "";
  const confirmed = report.fresh_as_of ?? "";
  // A walk that was gone on with does not see what has changed meanwhile before its checkpoint.
  const wasToSee = (key: string) => since(known, key) <= began;
  const different = (key: string) =>
    `${key} is ${live.get(key) ?? "not there"} instead of ${now.get(key) ?? "not there"}, changed ${since(known, key)}`;
  const off = differing(now, live);
  return [
    ...off
      .filter((key) => isWhole && wasToSee(key))
      .map((key) => `${different(key)}, read whole at ${began}`),
    ...off
      .filter((key) => since(known, key) < confirmed)
      .map((key) => `${different(key)}, confirmed since ${confirmed}`),
    ...[...now.keys()]
      .filter((key) => resource === "invoices" && !stored.has(key) && wasToSee(key) && !cameBack.has(key))
      .map((key) => `${key} was passed over, new since ${since(known, key)}`),
  ];
}
