/** What one comparison found: a warning is a difference that can have an innocent reason, a fault one that cannot. */
export interface Finding {
  readonly account: string;
  /** What was compared. */
  readonly subject: string;
  readonly outcome: "ok" | "warning" | "fault";
  /** What was found, with both figures where there are two. */
  readonly found: string;
}

/** Takes a finding about one account. */
export type Report = (outcome: Finding["outcome"], subject: string, found: string) => void;
