import { Worker } from "node:worker_threads";
import { ExplainedError } from "../../errors.ts";
import { writeJson } from "../../json/write-json.ts";
import { openReadOnly } from "../../warehouse/open-read-only.ts";
import { query } from "../../warehouse/query.ts";
import { readable } from "../readable.ts";
import type { Limits, QueryAnswer } from "./limited-query.ts";

/** What this program is told to do. */
export interface Task {
  readonly path: string;
  readonly sql: string;
  readonly limits: Limits;
}

/** What it says in the end; the rows as JSON text, which holds numbers that a message between programs does not. */
export type Outcome =
  | (Omit<QueryAnswer, "rows"> & { readonly rows: string })
  | { readonly error: string; readonly hint: string | undefined };

process.once("message", (task: Task) => {
  // Also where whoever asked is gone meanwhile, a query that never ends is ended.
  new Worker(new URL("query-deadline.js", import.meta.url), { workerData: task.limits.milliseconds });
  process.send?.(outcomeOf(task));
});

function outcomeOf(task: Task): Outcome {
  try {
    return answer(task);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.message, hint: error instanceof ExplainedError ? error.hint : undefined };
  }
}

function answer({ path, sql, limits }: Task): Outcome {
  const warehouse = openReadOnly(path);
  try {
    const { columns, rows } = query(warehouse, sql);
    const kept: string[] = [];
    const answered = (note?: string) => ({
      columns,
      rows: `[${kept.join(",")}]`,
      ...(note !== undefined && { note }),
    });
    let bytes = 0;
    for (const row of rows) {
      if (kept.length === limits.rows) return answered(cut(`${limits.rows} rows`));
      const shown = writeJson(row.map(readable));
      bytes += shown.length;
      if (bytes > limits.bytes) return answered(cut(`${limits.bytes / 1000} kB`));
      kept.push(shown);
    }
    return answered();
  } finally {
    warehouse.close();
  }
}

const cut = (limit: string) =>
  `There are more rows: the answer was cut at ${limit}. Aggregate, or use LIMIT and OFFSET.`;
