// Loads invoices from memory into a new warehouse: the whole path from parsed pages to the file, without network. The accounts are
// synced side by side, with the same number of invoices each. Prints one JSON line: invoices a second for the first load and for a
// second, unchanged one, what both wrote, how late the event loop was, and peak memory.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { loadInvoices } from "./load-invoices.js";
import { getPeakMegabytes, toMegabytes } from "./measure.js";

const [invoices = 100_000, accounts = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const path = join(folder, "warehouse.db");

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
  const first = await loadInvoices(path, invoices, accounts);
  const second = await loadInvoices(path, invoices, accounts);
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
