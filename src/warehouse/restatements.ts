import type { Difference, HistoryKeeper } from "./history.ts";
import { shapeOf, type Table } from "./table.ts";
import { timestamp } from "./timestamp.ts";

/**
 * Writes a row to `table` (key, metric, observed_at, old_value, new_value) for each value of a past day that has changed, and for
 * each that is not zero on a past day that is new.
 * The last day that the walk before has read was not over then: what it has gained since is no restatement.
 */
export function restatements(table: Table): HistoryKeeper {
  return ({ sqlite }, { account, resource, now }) => {
    const { name, key } = shapeOf(table);
    const columns = [...key, "old_value", "new_value"];
    const insert = sqlite.prepare<(string | number | null)[]>(
      `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(", ")})
       VALUES (${columns.map(() => "?").join(", ")})
       ON CONFLICT DO UPDATE SET new_value = excluded.new_value`,
    );
    const lastDay = sqlite
      .prepare<[string, string], string | null>(
        "SELECT max(key) FROM raw_records WHERE account = ? AND resource = ?",
      )
      .pluck()
      .get(account, resource);
    const isPast = (day: string) => typeof lastDay === "string" && day < lastDay;
    const write = (day: string, differences: readonly Difference[]) => {
      for (const { field, before, after } of differences) {
        insert.run(account, day, field, timestamp(now()), asNumber(before), asNumber(after));
      }
    };
    return {
      deleted() {},
      restored() {},
      updated(day, differences) {
        if (isPast(day)) write(day, differences);
      },
      // A day of the past that was not there before, because the account's history now begins earlier.
      inserted: (day, values) => {
        if (isPast(day))
          write(
            day,
            values().filter(({ after }) => after !== 0),
          );
      },
    };
  };
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
