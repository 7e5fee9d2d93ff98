import type { BodyFault } from "./faults.ts";
import { findList, type JsonBody } from "./find-list.ts";

/** The place of the altered page in its listing. */
export interface PagePosition {
  /** The cursor of the request, null on a first page. */
  cursor: string | null;
  /** Finds the last record of the page before; undefined on a first page. */
  findLastBefore(): unknown;
}

const recordKeys = ["uuid", "task_uuid", "id", "date"];

function isRecord(value: unknown): value is JsonBody {
  return typeof value === "object" && value !== null;
}

function withRecords(body: JsonBody, change: (records: unknown[]) => unknown[]): JsonBody {
  const list = findList(body);
  return list === undefined ? body : { ...body, [list.key]: change(list.records) };
}

function withFirst(body: JsonBody, change: (record: JsonBody) => JsonBody): JsonBody {
  if (findList(body) === undefined) return change(body);
  return withRecords(body, (records) =>
    records.map((record, index) => (index === 0 && isRecord(record) ? change(record) : record)),
  );
}

function withEach(body: JsonBody, change: (record: JsonBody) => JsonBody): JsonBody {
  if (findList(body) === undefined) return change(body);
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

function withoutKey(record: JsonBody): JsonBody {
  const key = recordKeys.find((candidate) => candidate in record);
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function repeat(records: unknown[], { findLastBefore }: PagePosition): unknown[] {
  const again = findLastBefore() ?? records[0];
  return again === undefined ? records : [again, ...records];
}

/** Promises another page. A list without a cursor has no pages, so its client could not ask for one. */
function promiseMore(body: JsonBody, cursor: unknown): JsonBody {
  return typeof cursor === "string" ? { ...body, cursor, has_more: true } : body;
}

/** Makes a faulty body from the body of a correct reply, which stays unchanged. */
export function alterBody(body: JsonBody, fault: BodyFault, position: PagePosition): JsonBody {
  switch (fault.kind) {
    case "wrongType": {
      const { field, everyRecord = false } = fault;
      const change = (record: JsonBody) => ({ ...record, [field]: ofAnotherType(record[field]) });
      return everyRecord ? withEach(body, change) : withFirst(body, change);
    }
    case "null":
      return withRecords(body, (records) => [null, ...records]);
    case "noKey":
      return withFirst(body, withoutKey);
    case "large":
      return withFirst(body, (record) => ({ ...record, padding: "x".repeat(fault.bytes) }));
    case "twice":
      return withRecords(body, (records) => repeat(records, position));
    case "sameCursor":
      return promiseMore(body, position.cursor ?? body["cursor"]);
    case "emptyPage": {
      const cursor = body["cursor"] ?? position.cursor;
      return typeof cursor === "string"
        ? promiseMore(
            withRecords(body, () => []),
            cursor,
          )
        : body;
    }
    case "loseRest":
      return "has_more" in body ? { ...body, has_more: false } : body;
  }
}
