// Loads invoices from memory into a new warehouse: the whole path from parsed pages to the file, without network.
// Prints one JSON line: invoices a second for the first load and for a second, unchanged one, and peak memory.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { resources } from "#build/resources/index.js";
import { sync } from "#build/sync/sync.js";
import { invoicePages } from "./invoice-pages.js";

const invoices = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const path = join(folder, "warehouse.db");

async function load() {
  const api = invoicePages(invoices);
  const began = performance.now();
  const [report] = await sync({
    path,
    accounts: [{ name: "default", api }],
    resources: resources.filter(({ name }) => name === "invoices"),
    trigger: "bench",
    signal: new AbortController().signal,
  });
  if (report?.status !== "complete") throw new Error(JSON.stringify(report));
  // Making the pages is not part of the load.
  const seconds = (performance.now() - began - api.spent()) / 1000;
  return {
    perSecond: Math.round(invoices / seconds),
    inserted: report.inserted,
    unchanged: report.unchanged,
  };
}

/** The size of the raw records in the file: found by leaving them out. */
function rawBytes() {
  const copy = join(folder, "copy.db");
  const sqlite = new Database(path);
  sqlite.exec(`VACUUM INTO '${copy}'`);
  const whole = statSync(copy).size;
  rmSync(copy);
  sqlite.exec("DROP TABLE raw_records");
  sqlite.exec(`VACUUM INTO '${copy}'`);
  sqlite.close();
  return whole - statSync(copy).size;
}

try {
  const first = await load();
  const second = await load();
  /** @param {number} bytes */
  const megabytes = (bytes) => Math.round(bytes / 1_048_576);
  console.log(
    JSON.stringify({
      invoices,
      first,
      second,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
      fileMegabytes: megabytes(statSync(path).size),
      rawMegabytes: megabytes(rawBytes()),
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
