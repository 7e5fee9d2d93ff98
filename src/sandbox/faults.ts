/**
 * How the JSON of a right answer is bent. An answer that has no such thing, as an empty list has no first record, leaves
 * as it is; the one record of an answer that is no list counts as its first record.
 */
export type Bend =
  /** The field of the first record, or of every record of the page, gets a value of another type. */
  | { kind: "wrongType"; field: string; everyRecord?: boolean }
  /** A `null` stands before the first record. */
  | { kind: "null" }
  /** The first record has lost its uuid, or what it has instead. */
  | { kind: "noKey" }
  /** The first record has a field `padding` of so many characters. */
  | { kind: "large"; bytes: number }
  /** The last record of the page before comes again; on a first page the first record comes twice. */
  | { kind: "twice" }
  /** There is more, and the cursor is the one of the question; on a first page it is the page's own. */
  | { kind: "sameCursor" }
  /** No records, but a cursor and the word that there is more. */
  | { kind: "emptyPage" }
  /** The word that there is no more, although there is. */
  | { kind: "loseRest" };

/** What happens to a request that meets a fault. */
export type Misbehaviour =
  | Bend
  /** An error: JSON by default. `echo` repeats the Authorization header and the key in the body, as a careless proxy does. */
  | {
      kind: "status";
      status: number;
      body?: "json" | "text" | "html";
      retryAfter?: string;
      echo?: boolean;
    }
  /** Status 200 and an HTML page. */
  | { kind: "html" }
  /** The customer whose uuid is in the path is deleted just before the answer is made. */
  | { kind: "deleteCustomer" }
  /** All sockets are destroyed, and connections are refused for so long. */
  | { kind: "refuse"; milliseconds: number }
  /** The connection is reset before any byte of the answer. */
  | { kind: "reset" }
  /** The connection is reset after half the body. */
  | { kind: "resetInBody" }
  /** The connection ends in good order after half the body. */
  | { kind: "cut" }
  /** Half the body, then nothing; the connection stays open. */
  | { kind: "stall" }
  /** No answer; the connection stays open. */
  | { kind: "silence" }
  /** A body that says it is gzip and cannot be decompressed. */
  | { kind: "gzip" };

/** Which requests go wrong, and how. Plain JSON. */
export interface Fault {
  /** The name of a world; default: each of them. */
  account?: string;
  /** A regular expression for path and query, such as `^/v1/invoices\?.*cursor=`. */
  path: string;
  /** The first of the matching requests that is hit; default 1. */
  from?: number;
  /** How many matching requests are hit; default: all from then on. */
  times?: number;
  what: Misbehaviour;
}

/** Counts, for each fault object, the requests that matched it. */
export interface FaultCount {
  /**
   * What this request meets. Every fault that matches counts it, also one that is not due; of several that are due the
   * first of the list has its way.
   */
  meet(faults: readonly Fault[], account: string, path: string): Misbehaviour | undefined;
}

function isDue({ from = 1, times = Number.POSITIVE_INFINITY }: Fault, count: number): boolean {
  return count >= from && count < from + times;
}

/** A count that begins at nothing. */
export function createFaultCount(): FaultCount {
  const counts = new WeakMap<Fault, number>();
  return {
    meet(faults, account, path) {
      let met: Misbehaviour | undefined;
      for (const fault of faults) {
        if ((fault.account ?? account) !== account || !new RegExp(fault.path).test(path)) continue;
        const count = (counts.get(fault) ?? 0) + 1;
        counts.set(fault, count);
        if (isDue(fault, count)) met ??= fault.what;
      }
      return met;
    },
  };
}
