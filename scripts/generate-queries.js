// Writes docs/queries.md again with the result of each query, asked of the demo's accounts on a fixed day. With --print the page
// goes to standard output.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openForReading } from "#build/database/open.js";
import { runQuery } from "#build/database/query.js";
import { resources } from "#build/resources/index.js";
import { simulateBusyDay } from "#build/sandbox/busy-day.js";
import { generateAccounts } from "#build/sandbox/generate-world.js";
import { refreshSummaries } from "#build/summaries/refresh-summaries.js";
import { sync } from "#build/sync/sync.js";
import { worldClient } from "../bench/world-client.js";

/** @import { QueryResult } from "#build/database/query.js" */

// The day is named in the document.
const now = new Date("2026-11-25T12:00:00Z");
const document = join(import.meta.dirname, "../docs/queries.md");
const rowsShown = 8;

const folder = mkdtempSync(join(tmpdir(), "warehouse-queries-"));
try {
  const path = join(folder, "warehouse.db");
  const worlds = generateAccounts({ now });
  const syncAll = () =>
    sync({
      path,
      accounts: worlds.map((world) => ({ name: world.name, api: worldClient(world, now) })),
      resources,
      refresh: refreshSummaries,
      trigger: "demo",
      signal: new AbortController().signal,
      now: () => now,
    });
  await syncAll();
  for (const world of worlds) simulateBusyDay(world);
  await syncAll();
  const warehouse = openForReading(path);
  const page = readFileSync(document, "utf8").replaceAll(
    /(```sql\n(.*?)```\n)(?:\n\|[^\n]*)*(?:\n\|[^\n]*)*(?:\n\n_[^\n]*_\n)?\n*/gs,
    (_, block, sql) => `${block}\n${resultTable(runQuery(warehouse, sql))}\n`,
  );
  warehouse.close();
  const text = `${page.trimEnd()}\n`;
  if (process.argv.includes("--print")) process.stdout.write(text);
  else writeFileSync(document, text);
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {QueryResult} result */
function resultTable({ columns, rows }) {
  const all = [...rows];
  const isNumber = columns.map((_, column) => all.some((row) => typeof row[column] === "number"));
  const cells = all
    .slice(0, rowsShown)
    .map((row) => row.map((value) => (value === null ? "" : String(value))));
  const widths = columns.map((_, column) =>
    Math.max(3, ...[columns, ...cells].map((row) => [...(row[column] ?? "")].length)),
  );
  /** @param {readonly string[]} row */
  const line = (row) =>
    `| ${row
      .map((text, column) => {
        const gap = " ".repeat((widths[column] ?? 0) - [...text].length);
        return isNumber[column] ? gap + text : text + gap;
      })
      .join(" | ")} |`;
  const rule = widths.map((width, column) =>
    isNumber[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  const more = all.length > rowsShown ? `\n_and ${all.length - rowsShown} more_\n` : "";
  return `${[columns, rule, ...cells].map(line).join("\n")}\n${more}`;
}
