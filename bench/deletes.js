// The cost of finding deletes: an unchanged sync over a resource of a million records, some of them deleted. The warehouse is
// filled directly, with what a first sync would have written. Prints one JSON line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWarehouse } from "#build/database/open.js";
import { ApiError } from "#build/errors.js";
import { plans } from "#build/resources/plans.js";
import { hashRecord, openRecordWriter } from "#build/store/record-writer.js";
import { sync } from "#build/sync/sync.js";
import { createMemoryApi, pageOf, plan } from "./account-pages.js";

const [records = 1_000_000, gone = 1000] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "warehouse-bench-"));
const path = join(folder, "warehouse.db");

function fill() {
  const warehouse = openWarehouse(path);
  const writer = openRecordWriter(warehouse, "default", plans, () => new Date());
  const page = warehouse.sqlite.transaction((/** @type {number} */ from, /** @type {number} */ to) => {
    for (let number = from; number < to; number += 1) {
      const record = plan(number);
      const json = JSON.stringify(record);
      const packed = writer.pack({ key: record.uuid, json, hash: hashRecord(json, plans.version) });
      writer.write(packed, plans.map(record, undefined), number);
    }
  });
  for (let number = 0; number < records; number += 10_000) page(number, Math.min(number + 10_000, records));
  warehouse.close();
}

const left = records - gone;
let lastPageAt = 0;
const api = createMemoryApi((asked, query) => {
  if (asked !== "plans") return undefined;
  const page = pageOf("plans", left, plan, query);
  if (!page.has_more) lastPageAt = performance.now();
  return page;
});
// The records that are gone are asked for one by one.
const get = api.get;
api.get = async (asked, query) => {
  if (asked === "plans") return get(asked, query);
  throw new ApiError(`no ${asked}`, { status: 404 });
};

try {
  fill();
  const memoryBefore = process.memoryUsage.rss();
  const began = performance.now();
  const [report] = await sync({
    path,
    accounts: [{ name: "default", api }],
    resources: [plans],
    trigger: "bench",
    signal: new AbortController().signal,
  });
  const ended = performance.now();
  if (report?.deleted !== gone) throw new Error(JSON.stringify(report));
  /** @param {number} milliseconds */
  const seconds = (milliseconds) => Math.round(milliseconds / 10) / 100;
  console.log(
    JSON.stringify({
      records,
      gone,
      walkSeconds: seconds(lastPageAt - began),
      markSeconds: seconds(ended - lastPageAt),
      grownMegabytes: Math.round((process.resourceUsage().maxRSS * 1024 - memoryBefore) / 1_048_576),
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
