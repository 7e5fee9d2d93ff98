import * as z from "zod";
import { ArgumentError } from "../errors.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";

/** A place in one list of one account. */
export interface ListIdentity {
  readonly name: string;
  readonly account: string;
  readonly live: boolean;
  /** What the list was narrowed down by. */
  readonly filters: Readonly<Record<string, unknown>>;
}

const wire = z.tuple([z.string(), z.string(), z.boolean(), z.string(), z.unknown()]);

const startAnew = {
  hint: "Use a cursor only with the function and the parameters that returned it, or start without one.",
};

/** The cursor for a position of this list: opaque to whoever gets it. */
export function writeCursor({ name, account, live, filters }: ListIdentity, position: unknown): string {
  const parts = [name, account, live, JSON.stringify(filters), position];
  return Buffer.from(writeJson(parts)).toString("base64url");
}

/**
 * The position that a cursor of this list holds; undefined where none is given. Throws an ArgumentError for a cursor of another
 * list, and for a text that is not a cursor.
 */
export function readCursor<Position>(
  listed: ListIdentity,
  cursor: string | undefined,
  position: z.ZodType<Position>,
): Position | undefined {
  if (cursor === undefined) return undefined;
  const parsed = wire.safeParse(parse(cursor));
  if (!parsed.success) throw new ArgumentError("unknown cursor", startAnew);
  const [name, account, live, filters, at] = parsed.data;
  if (name !== listed.name) throw new ArgumentError(`the cursor belongs to ${name}`, startAnew);
  if (account !== listed.account)
    throw new ArgumentError(`the cursor belongs to account "${account}"`, startAnew);
  if (live !== listed.live) {
    throw new ArgumentError(
      `the cursor belongs to a list from ${live ? "ChartMogul (live)" : "the warehouse"}`,
      startAnew,
    );
  }
  if (filters !== JSON.stringify(listed.filters)) {
    throw new ArgumentError(`the cursor belongs to other filters: ${filters}`, startAnew);
  }
  const known = position.safeParse(at);
  if (!known.success) throw new ArgumentError("unknown cursor", startAnew);
  return known.data;
}

function parse(cursor: string): unknown {
  try {
    return readJson(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
