import type { Bend } from "./faults.ts";
import { type Body, listIn } from "./list.ts";

/** Where in its listing the bent page stands. */
export interface Place {
  /** The cursor of the question, null on a first page. */
  cursor: string | null;
  /** Gives back the last record of the page before, undefined on a first page. */
  before(): unknown;
}

const KEYS = ["uuid", "task_uuid", "id", "date"];

function isRecord(value: unknown): value is Body {
  return typeof value === "object" && value !== null;
}

function withRecords(body: Body, change: (records: unknown[]) => unknown[]): Body {
  const list = listIn(body);
  return list === undefined ? body : { ...body, [list.key]: change(list.records) };
}

function withFirst(body: Body, change: (record: Body) => Body): Body {
  if (listIn(body) === undefined) return change(body);
  return withRecords(body, (records) =>
    records.map((record, place) => (place === 0 && isRecord(record) ? change(record) : record)),
  );
}

function withEach(body: Body, change: (record: Body) => Body): Body {
  if (listIn(body) === undefined) return change(body);
  return withRecords(body, (records) =>
    records.map((record) => (isRecord(record) ? change(record) : record)),
  );
}

function ofAnotherType(value: unknown): unknown {
  switch (typeof value) {
    case "number":
      return "not a number";
    case "boolean":
      return "neither true nor false";
    default:
      return isRecord(value) ? "neither a list nor an object" : { unexpected: true };
  }
}

function withoutKey(record: Body): Body {
  const key = KEYS.find((candidate) => candidate in record);
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function repeat(records: unknown[], { before }: Place): unknown[] {
  const [again = records[0]] = [before()];
  return again === undefined ? records : [again, ...records];
}

/** Without a cursor a list has no pages, and its client would have nothing to go on with. */
function goingOn(body: Body, cursor: unknown): Body {
  return typeof cursor === "string" ? { ...body, cursor, has_more: true } : body;
}

/** The body of a right answer, bent; the given one is not changed. */
export function bend(body: Body, what: Bend, place: Place): Body {
  switch (what.kind) {
    case "wrongType": {
      const { field, everyRecord = false } = what;
      const change = (record: Body) => ({ ...record, [field]: ofAnotherType(record[field]) });
      return everyRecord ? withEach(body, change) : withFirst(body, change);
    }
    case "null":
      return withRecords(body, (records) => [null, ...records]);
    case "noKey":
      return withFirst(body, withoutKey);
    case "large":
      return withFirst(body, (record) => ({ ...record, padding: "x".repeat(what.bytes) }));
    case "twice":
      return withRecords(body, (records) => repeat(records, place));
    case "sameCursor":
      return goingOn(body, place.cursor ?? body["cursor"]);
    case "emptyPage": {
      const cursor = body["cursor"] ?? place.cursor;
      return typeof cursor === "string"
        ? goingOn(
            withRecords(body, () => []),
            cursor,
          )
        : body;
    }
    case "loseRest":
      return "has_more" in body ? { ...body, has_more: false } : body;
  }
}
