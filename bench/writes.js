// Bytes that a first sync and a second one, in which nothing has changed, write to the file and its journal. Counted by the kernel
// (/proc/self/io, so on Linux only). Prints one JSON line.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resources } from "#build/resources/index.js";
import { sync } from "#build/sync/sync.js";
import { createMemoryApi, customer, pageOf, subscription } from "./account-pages.js";
import { invoicePages } from "./invoice-pages.js";

/** @import { ApiClient } from "#build/api/api-client.js" */

const [invoices = 100_000, customers = 20_000] = process.argv.slice(2).map(Number);
const invoiceApi = invoicePages(invoices);
const customerApi = createMemoryApi((path, query) => {
  if (path === "customers") return pageOf("entries", customers, customer, query);
  const number = Number(path.split("/")[1]?.slice("cus_".length));
  return pageOf("entries", 1, () => subscription(number), query);
});

const written = () => Number(/^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

/**
 * @param {string[]} names
 * @param {ApiClient} api
 */
async function measure(names, api) {
  const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
  /** @type {number[]} */
  const bytes = [];
  try {
    for (let night = 0; night < 2; night += 1) {
      const before = written();
      const reports = await sync({
        path: join(folder, "warehouse.db"),
        accounts: [{ name: "default", api }],
        resources: resources.filter(({ name }) => names.includes(name)),
        trigger: "bench",
        signal: new AbortController().signal,
      });
      const unfinished = reports.filter(({ status }) => status !== "complete");
      if (unfinished.length > 0) throw new Error(JSON.stringify(unfinished));
      bytes.push(written() - before);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const [first = 0, second = 0] = bytes;
  return { first, second, part: second / first };
}

console.log(
  JSON.stringify({
    invoices: { records: invoices, ...(await measure(["invoices"], invoiceApi)) },
    customers: { records: customers, ...(await measure(["customers", "subscriptions"], customerApi)) },
  }),
);
