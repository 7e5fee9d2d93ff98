/**
 * A fault in the JSON of a reply. A reply without anything to alter is sent unchanged: an empty list has no first record. The
 * only record of a reply without a list counts as its first record.
 */
export type BodyFault =
  /** The field of the first record, or of every record of the page, gets a value of another type. */
  | { kind: "wrongType"; field: string; everyRecord?: boolean }
  /** A `null` stands before the first record. */
  | { kind: "null" }
  /** The first record lacks its key: its uuid, or the field that takes its place. */
  | { kind: "noKey" }
  /** The first record has a field `padding` of this many characters. */
  | { kind: "large"; bytes: number }
  /** The last record of the page before comes again; on a first page the first record comes twice. */
  | { kind: "twice" }
  /** `has_more` is true, and the cursor is that of the request; on a first page it is the page's own. */
  | { kind: "sameCursor" }
  /** No records, but a cursor and `has_more: true`. */
  | { kind: "emptyPage" }
  /** `has_more` is false although there are more records. */
  | { kind: "loseRest" };

/** What a fault does to a request. */
export type FaultEffect =
  | BodyFault
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
  /** The customer whose uuid is in the path is deleted just before the reply is made. */
  | { kind: "deleteCustomer" }
  /** All sockets are destroyed, and connections are refused for this long. */
  | { kind: "refuse"; milliseconds: number }
  /** The connection is reset before any byte of the reply. */
  | { kind: "reset" }
  /** The connection is reset after half the body. */
  | { kind: "resetInBody" }
  /** The connection ends in good order after half the body. */
  | { kind: "cut" }
  /** Half the body, then nothing; the connection stays open. */
  | { kind: "stall" }
  /** No reply; the connection stays open. */
  | { kind: "silence" }
  /** A body that says it is gzip and cannot be decompressed. */
  | { kind: "gzip" };

/** Which requests go wrong, and how. Plain JSON. */
export interface Fault {
  /** The name of a world; default: each of them. */
  account?: string;
  /** A regular expression for path and query, such as `^/v1/invoices\?.*cursor=`. */
  path: string;
  /** The first of the matching requests that is affected; default 1. */
  from?: number;
  /** How many matching requests are affected; default: all from then on. */
  times?: number;
  what: FaultEffect;
}

/** Counts the requests that matched each fault. */
export interface FaultCounter {
  /** Counts this request for every fault that matches it, and gives the effect of the first one that is due. */
  match(faults: readonly Fault[], account: string, path: string): FaultEffect | undefined;
}

function isDue({ from = 1, times = Number.POSITIVE_INFINITY }: Fault, count: number): boolean {
  return count >= from && count < from + times;
}

/** A counter that has seen no request. */
export function createFaultCounter(): FaultCounter {
  const counts = new WeakMap<Fault, number>();
  return {
    match(faults, account, path) {
      let effect: FaultEffect | undefined;
      for (const fault of faults) {
        if ((fault.account ?? account) !== account || !new RegExp(fault.path).test(path)) continue;
        const count = (counts.get(fault) ?? 0) + 1;
        counts.set(fault, count);
        if (isDue(fault, count)) effect ??= fault.what;
      }
      return effect;
    },
  };
}
