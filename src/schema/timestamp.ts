/** Formats an instant as the warehouse stores it: UTC, `YYYY-MM-DD HH:MM:SS`. */
export function formatTimestamp(instant: Date): string {
  return instant.toISOString().slice(0, 19).replace("T", " ");
}

/** The instant of a timestamp in that format. */
export function parseTimestamp(timestamp: string): Date {
  return new Date(`${timestamp.replace(" ", "T")}Z`);
}
