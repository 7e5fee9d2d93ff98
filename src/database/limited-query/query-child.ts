import { Worker } from "node:worker_threads";
import { ExplainedError } from "../../errors.ts";
import { measureJson } from "../../json/fit.ts";
import { writeJson } from "../../json/write-json.ts";
import { openReadOnly } from "../open-read-only.ts";
import { runQuery } from "../query.ts";
import { toReadable } from "../to-readable.ts";
import type { WatchLimits } from "./query-ends.ts";
import type { QueryLimits, QueryOutcome, QueryTask } from "./query-task.ts";

// The watching thread's own memory, and a little for rows in transit.
const watching = 32_000_000;

process.once("message", (task: QueryTask) => {
  const { milliseconds, memory } = task.limits;
  const bytes = process.memoryUsage.rss() + watching + memory;
  const workerData: WatchLimits = { milliseconds, bytes };
  // The thread also ends an endless query whose parent process has ended.
  new Worker(new URL("query-deadline.js", import.meta.url), { workerData });
  process.send?.(runTask(task));
});

function runTask(task: QueryTask): QueryOutcome {
  try {
    return readWithinLimits(task);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isOutOfMemory(error) || isOutOfMemory(error.cause)) return "out of memory";
    return { error: error.message, hint: error instanceof ExplainedError ? error.hint : undefined };
  }
}

/** Recognises SQLite's error, and the one that Node throws when it cannot copy a value. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ("code" in error && error.code === "SQLITE_NOMEM") ||
    /allocation failed|out of memory/i.test(error.message)
  );
}

function readWithinLimits({ path, sql, limits }: QueryTask): QueryOutcome {
  const warehouse = openReadOnly(path);
  try {
    // Temporary tables of a query count as its memory, and fill no disk.
    warehouse.sqlite.pragma("temp_store = MEMORY");
    const { columns, rows } = runQuery(warehouse, sql);
    const kept: string[] = [];
    const answered = (note?: string) => ({
      columns,
      rows: `[${kept.join(",")}]`,
      ...(note !== undefined && { note }),
    });
    let left = limits.bytes - measureJson({ columns, rows: [], note: tooLarge(limits) });
    for (const row of rows) {
      if (kept.length === limits.rows) return answered(cut(`${limits.rows} rows`));
      const shown = isWithin(left, row) ? writeJson(row.map(toReadable)) : undefined;
      left -= shown === undefined ? Number.POSITIVE_INFINITY : Buffer.byteLength(shown) + ",".length;
      if (shown === undefined || left < 0) {
        return answered(kept.length === 0 ? tooLarge(limits) : cut(`${limits.bytes / 1000} kB`));
      }
      kept.push(shown);
    }
    return answered();
  } finally {
    warehouse.close();
  }
}

/** False where a single value is larger: its size is known without making a text of it. */
function isWithin(bytes: number, row: readonly unknown[]): boolean {
  return row.every(
    (value) => !(typeof value === "string" || Buffer.isBuffer(value)) || value.length <= bytes,
  );
}

const cut = (limit: string) =>
  `There are more rows: the answer was cut at ${limit}. Aggregate, or use LIMIT and OFFSET.`;

const tooLarge = ({ bytes }: QueryLimits) =>
  `The first row alone is larger than the ${bytes / 1000} kB of an answer. Ask for fewer columns, or for parts of long texts by substr().`;
