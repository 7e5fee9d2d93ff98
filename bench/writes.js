// Megabytes that a first sync of customers with a subscription each, and a second one in which nothing has changed, write to the file
// and its journal. Prints one JSON line. `load.js` counts the same for invoices.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resources } from "#build/resources/index.js";
import { sync } from "#build/sync/sync.js";
import { createMemoryApi, customer, pageOf, subscription } from "./account-pages.js";
import { countWrittenBytes, toMegabytes } from "./measure.js";

const customers = Number(process.argv[2] ?? 20_000);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const api = createMemoryApi((path, query) => {
  if (path === "customers") return pageOf("entries", customers, customer, query);
  const number = Number(path.split("/")[1]?.slice("cus_".length));
  return pageOf("entries", 1, () => subscription(number), query);
});

async function measureSync() {
  const before = countWrittenBytes();
  const reports = await sync({
    path: join(folder, "warehouse.db"),
    accounts: [{ name: "default", api }],
    resources: resources.filter(({ name }) => name === "customers" || name === "subscriptions"),
    trigger: "bench",
    signal: new AbortController().signal,
  });
  const unfinished = reports.filter(({ status }) => status !== "complete");
  if (unfinished.length > 0) throw new Error(JSON.stringify(unfinished));
  return toMegabytes(countWrittenBytes() - before);
}

try {
  console.log(JSON.stringify({ customers, first: await measureSync(), second: await measureSync() }));
} finally {
  rmSync(folder, { recursive: true });
}
