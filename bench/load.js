// Loads invoices from memory into a new warehouse: the whole path from parsed pages to the file, without network. The accounts are
// synced side by side, with the same number of invoices each. Prints one JSON line: invoices a second for the first load and for a
// second, unchanged one, what both wrote, how late the event loop was, and peak memory.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { resources } from "#build/resources/index.js";
import { sync } from "#build/sync/sync.js";
import { invoicePages } from "./invoice-pages.js";
import { countWrittenBytes, getPeakMegabytes, toMegabytes, watchEventLoop } from "./measure.js";

const [invoices = 100_000, accounts = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const path = join(folder, "warehouse.db");

async function load() {
  const apis = Array.from({ length: accounts }, (_, index) => invoicePages(invoices, index * invoices));
  const writtenBefore = countWrittenBytes();
  const getDelays = watchEventLoop();
  const began = performance.now();
  const reports = await sync({
    path,
    accounts: apis.map((api, index) => ({ name: `account${index}`, api })),
    resources: resources.filter(({ name }) => name === "invoices"),
    trigger: "bench",
    signal: new AbortController().signal,
  });
  const milliseconds = performance.now() - began;
  const eventLoopDelay = getDelays();
  const unfinished = reports.filter(({ status }) => status !== "complete");
  if (unfinished.length > 0) throw new Error(JSON.stringify(unfinished));
  // Making the pages is not part of the load.
  const seconds = (milliseconds - apis.reduce((sum, api) => sum + api.spent(), 0)) / 1000;
  /** @param {"inserted" | "unchanged"} count */
  const total = (count) => reports.reduce((sum, report) => sum + report[count], 0);
  return {
    perSecond: Math.round((invoices * accounts) / seconds),
    inserted: total("inserted"),
    unchanged: total("unchanged"),
    writtenMegabytes: toMegabytes(countWrittenBytes() - writtenBefore),
    eventLoopDelay,
  };
}

/** The size of the raw records in the file, with their indexes. */
function rawBytes() {
  const sqlite = new Database(path, { readonly: true });
  const sum = sqlite.prepare(
    `SELECT sum(pgsize) FROM dbstat('main', 1)
     WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name LIKE 'raw%')`,
  );
  const bytes = Number(sum.pluck().get());
  sqlite.close();
  return bytes;
}

try {
  const first = await load();
  const second = await load();
  const fileMegabytes = toMegabytes(statSync(path).size);
  console.log(
    JSON.stringify({
      invoices,
      accounts,
      first,
      second,
      peakMegabytes: getPeakMegabytes(),
      fileMegabytes,
      writtenForFile: Math.round((first.writtenMegabytes / fileMegabytes) * 100) / 100,
      rawMegabytes: toMegabytes(rawBytes()),
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
