import { getShape, type Table } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import type { Difference, OpenChangeLog } from "./change-log.ts";
import { recordIsLive } from "./live-records.ts";

/**
 * Writes a row to `table` (key, metric, observed_at, old_value, new_value) for each changed value of a past day or interval. Days
 * and intervals before the first stored one get a row for each value other than zero. Changes of the last one that the previous
 * walk read are not restatements: it was not over then.
 */
export function logRestatements(table: Table): OpenChangeLog {
  return ({ sqlite }, { account, resource, now }) => {
    const { name, key } = getShape(table);
    const columns = [...key, "old_value", "new_value"];
    const insert = sqlite.prepare<(string | number | null)[]>(
      `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(", ")})
       VALUES (${columns.map(() => "?").join(", ")})
       ON CONFLICT DO UPDATE SET new_value = excluded.new_value`,
    );
    // A key ends with the last day, `YYYY-MM-DD`. Before it is the interval, if any.
    const ends = sqlite
      .prepare<[string, string], { first: string; last: string }>(
        `SELECT min(key) AS first, max(key) AS last FROM raw_records AS record
         WHERE account = ? AND resource = ? AND ${recordIsLive}
         GROUP BY substr(key, 1, length(key) - 10)`,
      )
      .all(account, resource);
    const endsOf = (key: string) => ends.find(({ last }) => intervalOf(last) === intervalOf(key));
    const isPast = (key: string) => isBefore(key, endsOf(key)?.last);
    const isEarlier = (key: string) => isBefore(key, endsOf(key)?.first);
    const write = (key: string, differences: readonly Difference[]) => {
      for (const { field, before, after, volatile } of differences) {
        if (volatile) continue;
        insert.run(
          account,
          ...key.split("/"),
          field,
          formatTimestamp(now()),
          asNumber(before),
          asNumber(after),
        );
      }
    };
    return {
      deleted() {},
      restored() {},
      updated(key, differences) {
        if (isPast(key)) write(key, differences);
      },
      // The account's history now begins earlier. Weeks that begin on another day are new as well.
      inserted: (key, values) => {
        if (isEarlier(key))
          write(
            key,
            values().filter(({ after }) => after !== 0),
          );
      },
    };
  };
}

/** The part of a key before its day. */
const intervalOf = (key: string) => key.slice(0, -10);

const isBefore = (key: string, other: string | undefined) => other !== undefined && key < other;

function asNumber(value: unknown): number | null {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}
