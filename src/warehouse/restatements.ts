import type { Difference, HistoryKeeper } from "./history.ts";
import { shapeOf, type Table } from "./table.ts";
import { timestamp } from "./timestamp.ts";

/**
 * Writes a row to `table` (key, metric, observed_at, old_value, new_value) for each value of a past day or interval that has
 * changed, and for each that is not zero on a past one that is new.
 * The last one that the walk before has read was not over then: what it has gained since is no restatement.
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
    // A key ends with the last day, `YYYY-MM-DD`; before it stands what it is the last day of.
    const lastKeys = sqlite
      .prepare<[string, string], string>(
        "SELECT max(key) FROM raw_records WHERE account = ? AND resource = ? GROUP BY substr(key, 1, length(key) - 10)",
      )
      .pluck()
      .all(account, resource);
    const isPast = (key: string) => lastKeys.some((last) => kindOf(last) === kindOf(key) && key < last);
    const write = (key: string, differences: readonly Difference[]) => {
      for (const { field, before, after, quiet } of differences) {
        if (quiet) continue;
        insert.run(account, ...key.split("/"), field, timestamp(now()), asNumber(before), asNumber(after));
      }
    };
    return {
      deleted() {},
      restored() {},
      updated(key, differences) {
        if (isPast(key)) write(key, differences);
      },
      // One of the past that was not there before, because the account's history now begins earlier.
      inserted: (key, values) => {
        if (isPast(key))
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
  return typeof value === "number" ? value : null;
}
