import type { Warehouse } from "../database/open.ts";

/** What one comparison found: a warning is a difference that can have an innocent reason, a fault one that cannot. */
export interface Finding {
  readonly account: string;
  /** What was compared. */
  readonly subject: string;
  readonly outcome: "ok" | "warning" | "fault";
  /** What was found, with both figures where there are two. */
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

/** The account that is verified and who is told of it. */
export interface Verification {
  readonly warehouse: Warehouse;
  readonly account: string;
  readonly report: Findings;
  /** Lets others have their turn; rejects with an InterruptedError once the command was told to stop. */
  readonly pause: () => Promise<void>;
}

const shown = 5;

/** The first few of many findings of a kind; the others are only counted. */
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
