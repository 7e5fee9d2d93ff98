// The yardstick of `load.js`: the same rows, mapped beforehand, written with plain prepared upserts, one transaction a page. No raw
// records, no hashes, no validation. Prints one JSON line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWarehouse } from "#build/database/open.js";
import { resources } from "#build/resources/index.js";
import { getShape } from "#build/schema/table.js";
import { invoicePages } from "./invoice-pages.js";

/** @import { Rows } from "#build/resources/resource.js" */

const invoices = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const resource = resources.find(({ name }) => name === "invoices");
if (resource === undefined) throw new Error("there is no resource invoices");
const warehouse = openWarehouse(join(folder, "warehouse.db"));

const statements = [resource.table, ...resource.children.map(({ table }) => table)].map((table) => {
  const { name, columns, key } = getShape(table);
  const names = Object.keys(columns);
  const changing = names.filter((column) => !key.includes(column));
  return warehouse.sqlite.prepare(
    `INSERT INTO "${name}" VALUES (${names.map(() => "?").join()}) ON CONFLICT (${key.join()})
     DO UPDATE SET ${changing.map((column) => `"${column}" = excluded."${column}"`).join()}`,
  );
});

const writePage = warehouse.sqlite.transaction((/** @type {Rows[]} */ records) => {
  const [upsertInvoice, ...upsertChild] = statements;
  for (const { row, children } of records) {
    upsertInvoice?.run("default", ...row, "2025-01-01 00:00:00", null);
    for (const [index, rows] of children.entries()) {
      for (const child of rows) upsertChild[index]?.run("default", ...child, "2025-01-01 00:00:00", null);
    }
  }
});

try {
  let milliseconds = 0;
  for await (const { records } of resource.listing.pages(invoicePages(invoices), {})) {
    const rows = records.map((record) => resource.map(record, undefined));
    const began = performance.now();
    writePage(rows);
    milliseconds += performance.now() - began;
  }
  console.log(JSON.stringify({ invoices, perSecond: Math.round((invoices * 1000) / milliseconds) }));
} finally {
  warehouse.close();
  rmSync(folder, { recursive: true });
}
