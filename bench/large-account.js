// Makes a warehouse with one large account, invented by the sandbox and stored by the sync, at the path given as argument.
// Needs a heap of 8 GB (--max-old-space-size=8192): the whole account is in memory while it is read. Prints one JSON line.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createDictionaryRows } from "#build/dictionary/dictionary.js";
import { resources } from "#build/resources/index.js";
import { generateWorld } from "#build/sandbox/generate-world.js";
import { sync } from "#build/sync/sync.js";
import { freezeWorld, worldClient } from "./world-client.js";

// Some 8.9 invoices for each, so more than 1,000,000.
const [path = "", customers = "114000"] = process.argv.slice(2);
// Only a whole file gets this name; an unfinished one of a killed run is made again.
const folder = `${path}.unfinished`;
const unfinished = join(folder, "warehouse.db");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);

/** @type {(from: number, to: number) => number} */
const seconds = (from, to) => Math.round((to - from) / 100) / 10;
const began = performance.now();
const world = generateWorld({
  name: "default",
  key: "bench-key",
  seed: 1,
  customers: Number(customers),
  currency: "USD",
  timeZone: "America/New_York",
  weekStart: "sunday",
  now: new Date(),
});
freezeWorld(world);
const invented = performance.now();
const api = worldClient(world);
const reports = await sync({
  path: unfinished,
  accounts: [{ name: "default", api }],
  resources,
  dictionary: createDictionaryRows(),
  trigger: "bench",
  signal: new AbortController().signal,
});
const stored = performance.now();
for (const { resource, status, inserted, rejected, milliseconds } of reports) {
  console.error(`${resource}: ${status}, ${inserted} records in ${seconds(0, milliseconds)} s`);
  if (status !== "complete" || rejected > 0) throw new Error(`${resource}: ${status}, ${rejected} rejected`);
}
renameSync(unfinished, path);
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    inventSeconds: seconds(began, invented),
    syncSeconds: seconds(invented, stored),
    replySeconds: seconds(0, api.spent()),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
