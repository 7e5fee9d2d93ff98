import { RecordError, WarehouseError } from "../errors.ts";
import { makeJsonLegible } from "../json/legible-text.ts";
import type { Resource, Rows } from "../resources/resource.ts";
import type { Value } from "../schema/columns.ts";
import { getShape, type Table } from "../schema/table.ts";
import { prepareStoredRecordsAfter, type StoredRecord } from "../store/raw-records.ts";
import { prepareRowReader, type StoredRows } from "../store/stored-rows.ts";
import { collectFew, type Verification } from "./findings.ts";
import { formatCount, quoteValue } from "./format.ts";
import { hints } from "./hints.ts";

/**
 * Maps every record of a resource as it was received and compares it with its row and its children, marks of deletion included.
 *
 * Some hundred records at a time are one read transaction, and not all of them. A transaction of minutes would keep a sync from
 * emptying its log, and from starting at all where it waits for readers (`enterWal`). Nothing is lost by small transactions. What
 * belongs to one record is always written in one transaction, so that each portion is a consistent picture of its records, and no
 * comparison here looks at two records.
 */
export async function verifyReceived(verification: Verification, resource: Resource): Promise<void> {
  const { warehouse, account, report, pause } = verification;
  const { name, table, children } = resource;
  const recordsAfter = prepareStoredRecordsAfter(warehouse, account, resource);
  const comparison = comparing(verification, resource);
  const comparePortion = warehouse.sqlite.transaction((last: string | undefined) => {
    const some = recordsAfter(last);
    for (const kept of some) comparison.compare(kept);
    return some.at(-1)?.key;
  });
  let last: string | undefined;
  do {
    last = comparePortion(last);
    await pause();
  } while (last !== undefined);

  const { counts, troubles } = comparison;
  const all = formatCount(counts.records, "record");
  for (const { few, found, hint } of troubles) {
    if (few.count > 0) report.fault(name, `${few.count} of ${all} ${found}`, hint);
    for (const line of few.lines()) report.fault(name, line, hint);
  }
  if (troubles.some(({ few }) => few.count > 0)) return;
  report.ok(getShape(table).name, `${all} stored as received, ${counts.deleted} of them deleted`);
  for (const [index, child] of children.entries()) {
    report.ok(
      getShape(child.table).name,
      `${formatCount(counts.children[index] ?? 0, "row")} stored as received`,
    );
  }
}

/** Compares one record after the other and keeps count. */
function comparing({ warehouse, account }: Verification, resource: Resource) {
  const rowsOf = prepareRowReader(warehouse, account, resource);
  const [unreadable, illegible, invalid, different] = [
    collectFew(),
    collectFew(),
    collectFew(),
    collectFew(),
  ];
  const counts = { records: 0, deleted: 0, children: resource.children.map(() => 0) };
  const count = (kept: StoredRecord, stored: StoredRows | undefined) => {
    counts.records += 1;
    counts.deleted += kept.deleted_at === null ? 0 : 1;
    for (const [index, rows] of (stored?.children ?? []).entries()) {
      counts.children[index] = (counts.children[index] ?? 0) + rows.length;
    }
  };
  return {
    counts,
    troubles: [
      { few: unreadable, found: "can no longer be read", hint: hints.restore },
      { few: illegible, found: "stored with text that not every reader can read", hint: hints.rebuild },
      { few: invalid, found: "cannot be mapped by this version", hint: hints.version },
      { few: different, found: "stored otherwise than received", hint: hints.rebuild },
    ],
    compare(kept: StoredRecord) {
      const stored = rowsOf(kept.key);
      count(kept, stored);
      const key = kept.key || "the record";
      try {
        const { json, record, parent } = kept.read();
        if (makeJsonLegible(json) !== json)
          illegible.add(`${key}: it contains half a surrogate pair, or a character with code 0`);
        const difference = unlike(resource, kept, resource.map(record, parent), stored);
        if (difference !== undefined) different.add(`${key}: ${difference}`);
      } catch (error) {
        if (error instanceof WarehouseError) unreadable.add(`${key}: cannot be read: ${reasonOf(error)}`);
        else if (error instanceof RecordError) invalid.add(`${key}: ${error.message}`);
        else throw error;
      }
    },
  };
}

function reasonOf({ cause, message }: WarehouseError): string {
  return cause instanceof Error ? cause.message : message;
}

/** How the stored rows of a record differ from what was received; undefined where they do not. */
function unlike(
  resource: Resource,
  kept: StoredRecord,
  received: Rows,
  stored: StoredRows | undefined,
): string | undefined {
  if (!stored) return "it was received but has no row";
  return unlikeValues(resource, received, stored) ?? unlikeMarks(resource, kept, stored);
}

function unlikeValues(resource: Resource, received: Rows, stored: StoredRows): string | undefined {
  // Most records are equal value by value, and in order: to look no closer makes the whole comparison half as long.
  if (areSame(received, stored)) return undefined;
  const [first, ...more] = resource.differences(received, stored);
  if (first) {
    const others = more.length > 0 ? ` (and ${formatCount(more.length, "more field")})` : "";
    return `${first.field} was received as ${quoteValue(first.before)} and is stored as ${quoteValue(first.after)}${others}`;
  }
  for (const [index, { table }] of resource.children.entries()) {
    const difference = otherRows(table, received.children[index] ?? [], stored.children[index] ?? []);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/**
 * Children may be stored in another order than they were received in. A child without any value does not count as a difference of
 * values.
 */
function otherRows(
  of: Table,
  received: readonly (readonly Value[])[],
  stored: readonly (readonly Value[])[],
): string | undefined {
  const { name, columns, tombstone } = getShape(of);
  // Without the account, which a mapping does not know either, and the marks.
  const own = Object.keys(columns).length - 2 - tombstone.length;
  if (asSet(received, own) === asSet(stored, own)) return undefined;
  const were = `${formatCount(received.length, "row")} of ${name} ${received.length === 1 ? "was" : "were"} received`;
  return `${were} and ${stored.length === received.length ? "others are" : stored.length} stored`;
}

function areSame(received: Rows, stored: StoredRows): boolean {
  return (
    isSameRow(received.row, stored.row) &&
    received.children.every((rows, child) => {
      const others = stored.children[child] ?? [];
      return rows.length === others.length && rows.every((row, place) => isSameRow(row, others[place] ?? []));
    })
  );
}

/** Compares the received values only: behind them a stored row has its marks. */
function isSameRow(received: readonly Value[], stored: readonly Value[]): boolean {
  return received.every((value, index) => value === stored[index]);
}

function asSet(rows: readonly (readonly Value[])[], columns: number): string {
  const spelled = (value: Value) => (typeof value === "bigint" ? `${value}` : value);
  return JSON.stringify(rows.map((row) => JSON.stringify(row.slice(0, columns).map(spelled))).sort());
}

/** What a sync says of a row besides its values: when it was written, and whether the record is deleted. */
function unlikeMarks(
  { table, children, findStaleParents }: Resource,
  { changed_at, deleted_at }: StoredRecord,
  { row, children: rowsOfChildren }: StoredRows,
): string | undefined {
  const all = [
    { table, path: "", rows: [row] },
    ...children.map((child, index) => ({
      table: child.table,
      path: `${getShape(child.table).name}.`,
      rows: rowsOfChildren[index] ?? [],
    })),
  ];
  for (const { table: of, path, rows } of all) {
    const { tombstone } = getShape(of);
    const marks = ["synced_at", ...tombstone];
    // Whatever else a deleted row says is derived from other records.
    const others = [deleted_at, ...(deleted_at === null ? tombstone.slice(1).map(() => null) : [])];
    for (const values of rows) {
      const found = values.slice(values.length - marks.length);
      // Where not every listing is read by every sync, rows tell when they were last read.
      const wasReadAgain = findStaleParents !== undefined && String(found[0]) > changed_at;
      const expected = [wasReadAgain ? found[0] : changed_at, ...others];
      const wrong = expected.findIndex((mark, index) => mark !== found[index]);
      if (wrong >= 0) {
        return `${path}${marks[wrong]} should be ${quoteValue(expected[wrong])} and is stored as ${quoteValue(found[wrong])}`;
      }
    }
  }
  return undefined;
}
