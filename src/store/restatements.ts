import { getShape, type Table } from "../schema/table.ts";
import { formatTimestamp } from "../schema/timestamp.ts";
import type { Difference, OpenChangeLog } from "./change-log.ts";

/**
 * Writes a row to `table` (key, metric, observed_at, old_value, new_value) for each value of a past day or interval that has
 * changed, and for each that is not zero on one before the first that was stored.
 * The last one that the walk before has read was not over then: what it has gained since is no restatement.
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
    // A key ends with the last day, `YYYY-MM-DD`; before it stands what it is the last day of.
    const ends = sqlite
      .prepare<[string, string], { first: string; last: string }>(
        `SELECT min(key) AS first, max(key) AS last FROM raw_records AS record
         WHERE account = ? AND resource = ? AND NOT EXISTS
           (SELECT 1 FROM sync_tombstones AS tombstone WHERE tombstone.account = record.account
            AND tombstone.resource = record.resource AND tombstone.key = record.key)
         GROUP BY substr(key, 1, length(key) - 10)`,
      )
      .all(account, resource);
    const endsOf = (key: string) => ends.find(({ last }) => kindOf(last) === kindOf(key));
    const isPast = (key: string) => key < (endsOf(key)?.last ?? "");
    const isEarlier = (key: string) => key < (endsOf(key)?.first ?? "");
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
      // One that was not there because the account's history now begins earlier. Weeks that begin on another day are new, too.
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

const kindOf = (key: string) => key.slice(0, -10);

function asNumber(value: unknown): number | null {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}
