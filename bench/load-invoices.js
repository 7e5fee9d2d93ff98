import { resources } from "#build/resources/index.js";
import { sync } from "#build/sync/sync.js";
import { invoicePages } from "./invoice-pages.js";
import { countWrittenBytes, toMegabytes, watchEventLoop } from "./measure.js";

/**
 * Syncs accounts with so many invoices each, side by side and from memory, into the warehouse at this path. Gives what it took. Making
 * the pages does not count.
 *
 * @param {string} path
 * @param {number} invoices
 * @param {number} [accounts]
 */
export async function loadInvoices(path, invoices, accounts = 1) {
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
  const pageMilliseconds = apis.reduce((sum, api) => sum + api.spent(), 0);
  const seconds = (milliseconds - pageMilliseconds) / 1000;
  /** @param {"inserted" | "unchanged"} count */
  const total = (count) => reports.reduce((sum, report) => sum + report[count], 0);
  return {
    perSecond: Math.round((invoices * accounts) / seconds),
    pageSeconds: Math.round(pageMilliseconds) / 1000,
    inserted: total("inserted"),
    unchanged: total("unchanged"),
    writtenMegabytes: toMegabytes(countWrittenBytes() - writtenBefore),
    eventLoopDelay,
  };
}
