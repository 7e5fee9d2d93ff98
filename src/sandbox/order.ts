import { created, type Stored } from "./stored.ts";

/** A position in a list: microseconds since 1970 and, among equals, the id. `Infinity` means "no time". */
export interface Position {
  at: number;
  id: number | string;
}

/** The order of a list, and the form of the second half of a position in its cursor. */
export interface Order<Row> {
  direction: "ascending" | "descending";
  idKind: "number" | "text";
  at(row: Row): number;
  id(row: Row): number | string;
  /** The wire field that `at` is made from, compared on each request. Absent where `at` never changes. */
  changeable?(row: Row): string | null;
  /** Gives rows that tests pushed the fields that `at` needs. */
  prepare?(rows: Row[]): void;
}

/** Gives the position of a row in its list. */
export function getPosition<Row>(order: Order<Row>, row: Row): Position {
  return { at: order.at(row), id: order.id(row) };
}

function compareIds(left: number | string, right: number | string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Negative when `left` comes first in the list. */
function comparePositions<Row>(order: Order<Row>, left: Position, right: Position): number {
  // Not a subtraction: Infinity - Infinity is NaN.
  const ascending = left.at === right.at ? compareIds(left.id, right.id) : left.at < right.at ? -1 : 1;
  return order.direction === "ascending" ? ascending : -ascending;
}

/** The content of an array when it was last sorted. */
interface Snapshot<Row> {
  /** In the order of the list. */
  rows: Row[];
  fields: (string | null)[];
  /** True when neither the array nor a time in it can change any more. */
  isFrozen: boolean;
}

const snapshots = new WeakMap<object, Snapshot<unknown>>();

function isUnchanged<Row>(rows: Row[], { changeable }: Order<Row>, snapshot: Snapshot<unknown>): boolean {
  const left = snapshot.rows;
  if (left.length !== rows.length) return false;
  for (let index = 0; index < rows.length; index += 1) if (rows[index] !== left[index]) return false;
  return changeable === undefined || rows.every((row, index) => changeable(row) === snapshot.fields[index]);
}

function createSnapshot<Row>(rows: Row[], order: Order<Row>): Snapshot<Row> {
  const { changeable } = order;
  order.prepare?.(rows);
  const placed = rows.map((row) => ({ row, position: getPosition(order, row) }));
  placed.sort((left, right) => comparePositions(order, left.position, right.position));
  const sorted = placed.map(({ row }) => row);
  return {
    rows: sorted,
    fields: changeable === undefined ? [] : sorted.map((row) => changeable(row)),
    isFrozen:
      Object.isFrozen(rows) && (changeable === undefined || rows.every((row) => Object.isFrozen(row))),
  };
}

/**
 * Gives the rows in the order of their list. It sorts the array in place, except a frozen one, which cannot change.
 *
 * The function compares the array, record by record, with the one that it left. It sorts again where a record was added, removed,
 * replaced or moved in time, so it misses no change that a test makes. Comparing 90,000 references takes 2 ms, and reading their
 * times takes 30 ms. A frozen array of frozen records is not compared. An array has one order only.
 */
export function sortRows<Row>(rows: Row[], order: Order<Row>): Row[] {
  const known = snapshots.get(rows) as Snapshot<Row> | undefined;
  if (known?.isFrozen === true) return known.rows;
  if (known !== undefined && isUnchanged(rows, order, known)) return rows;
  const snapshot = createSnapshot(rows, order);
  snapshots.set(rows, snapshot);
  if (Object.isFrozen(rows)) return snapshot.rows;
  for (const [index, row] of snapshot.rows.entries()) rows[index] = row;
  return rows;
}

/** Finds the index of the first row after a position, whether or not there is still a row at it. `rows` must be in order. */
export function findFirstAfter<Row>(rows: Row[], order: Order<Row>, position: Position): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && comparePositions(order, getPosition(order, row), position) <= 0)
      low = middle + 1;
    else high = middle;
  }
  return low;
}

function stampNewRows(rows: Stored[]): void {
  let newest = 0;
  let unstamped = false;
  for (const row of rows) {
    const at = row[created];
    if (at === undefined) unstamped = true;
    else if (at > newest) newest = at;
  }
  if (!unstamped) return;
  for (const row of rows) {
    if (row[created] !== undefined) continue;
    newest += 1000;
    row[created] = row.created_at === undefined ? newest : Date.parse(row.created_at) * 1000;
  }
}

/** Newest created first, the order of most lists. `id` is what the list's cursor holds besides the time. */
export function orderByCreation<Row extends Stored>(
  idKind: "number" | "text",
  id: (row: Row) => number | string,
): Order<Row> {
  return { direction: "descending", idKind, at: (row) => row[created] ?? 0, id, prepare: stampNewRows };
}

/** Derives a number from a uuid, above 2^32 and below 2^53, for lists with numeric ids. */
export function deriveNumber(uuid: string): number {
  return Number.parseInt(
    uuid
      .replace(/^[a-z]+_/, "")
      .replace("-", "")
      .slice(0, 10),
    16,
  );
}
