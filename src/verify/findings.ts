import type { Warehouse } from "../database/open.ts";

/** The result of one comparison. A warning is a difference that can have a harmless reason; a fault is one that cannot. */
export interface Finding {
  readonly account: string;
  /** What was compared: a table, a resource or a figure. */
  readonly subject: string;
  readonly outcome: "ok" | "warning" | "fault";
  /** A sentence without a full stop, with both figures where there are two. */
  readonly found: string;
  /** What to do about it; every fault has one. */
  readonly hint?: string;
}

/** Takes findings about one account. */
export interface Findings {
  ok(subject: string, found: string): void;
  warning(subject: string, found: string): void;
  fault(subject: string, found: string, hint: string): void;
}

/** The account that is verified, and where the findings go. */
export interface Verification {
  readonly warehouse: Warehouse;
  readonly account: string;
  readonly report: Findings;
  /** Lets other work of this process run. Rejects with an InterruptedError once the command is stopped. */
  readonly pause: () => Promise<void>;
}

const shown = 5;

/** Collects the first few of many findings; the others are only counted. */
export function collectFew() {
  const first: string[] = [];
  let all = 0;
  return {
    add(found: string) {
      all += 1;
      if (all <= shown) first.push(found);
    },
    get count() {
      return all;
    },
    /** One line for each, and one for the rest. */
    lines: () => (all > shown ? [...first, `... and ${all - shown} more`] : first),
  };
}
