// Runs every benchmark, each in a process of its own, and prints a line for each figure of bench/README.md.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * @typedef {{ perSecond: number }} Load
 *
 * @typedef {Record<"peakMegabytes" | "fileMegabytes" | "rawMegabytes", number> & { first: Load, second: Load }} LoadFigures
 *
 * @typedef {{ requests: number, seconds: number, changed: number }} Night
 */

/**
 * Runs one benchmark to its end and gives the figures of its JSON line.
 *
 * @param {string} script
 * @param {(string | number)[]} args
 * @returns {unknown}
 */
function measure(script, ...args) {
  const output = execFileSync(process.execPath, [join(import.meta.dirname, script), ...args.map(String)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output);
}

/** @type {(one: number, other: number) => string} */
const ratio = (one, other) => (one / other).toFixed(2);

console.log(`node ${process.version}, ${process.platform} ${process.arch}`);

const start = /** @type {{ processor: Record<string, number>, firstRequest: number }} */ (
  measure("start.js", 15)
);
for (const [command, milliseconds] of Object.entries(start.processor))
  console.log(`start, ${command.padEnd(18)} ${milliseconds} ms of processor time`);
console.log(`first request of a sync into a new file  after ${start.firstRequest} ms`);

const plain = /** @type {Load} */ (measure("plain.js", 100_000));
const large = /** @type {LoadFigures} */ (measure("load.js", 100_000));
const small = /** @type {LoadFigures} */ (measure("load.js", 25_000));
console.log(`plain prepared upserts                 ${plain.perSecond} invoices/s   1.00`);
console.log(
  `first load                             ${large.first.perSecond} invoices/s   ${ratio(large.first.perSecond, plain.perSecond)} of plain`,
);
console.log(
  `second, unchanged load                 ${large.second.perSecond} invoices/s   ${ratio(large.second.perSecond, large.first.perSecond)} times the first`,
);
console.log(`peak memory, 25,000 invoices twice     ${small.peakMegabytes} MB`);
console.log(`peak memory, 100,000 invoices twice    ${large.peakMegabytes} MB`);
console.log(
  `file, 100,000 invoices                 ${large.fileMegabytes} MB, of it raw records ${large.rawMegabytes} MB`,
);

/** @param {number} part */
const percent = (part) => `${(part * 100).toFixed(2)} %`;
/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MB`;
const writes =
  /** @type {Record<string, { records: number, first: number, second: number, part: number }>} */ (
    measure("writes.js", 100_000, 20_000)
  );
for (const [what, { records, first, second, part }] of Object.entries(writes)) {
  console.log(
    `written, ${records} ${what}: first sync ${megabytes(first)}, second, unchanged ${megabytes(second)}, ${percent(part)} of the first`,
  );
}
const deletes =
  /** @type {Record<"gone" | "records" | "walkSeconds" | "markSeconds" | "peakMegabytes", number>} */ (
    measure("deletes.js", 1_000_000, 1000)
  );
console.log(
  `deletes, ${deletes.gone} of ${deletes.records} records: walk ${deletes.walkSeconds} s, then ${deletes.markSeconds} s to find, ask for and mark them; peak ${deletes.peakMegabytes} MB`,
);

const nights =
  /** @type {Record<"first" | "unchangedFull" | "unchanged" | "changed", Night> & { customers: number }} */ (
    measure("nights.js", 10_000)
  );
for (const [name, what] of /** @type {const} */ ([
  ["first", "first night"],
  ["unchangedFull", "second, nothing changed, everything read"],
  ["unchanged", "second, nothing changed, with the shortcuts"],
  ["changed", "third, 1 % changed, with the shortcuts"],
])) {
  const { requests, seconds, changed } = nights[name];
  console.log(
    `${nights.customers} customers, ${what}: ${requests} requests, ${seconds} s, ${changed} records written`,
  );
}

const rate = /** @type {Record<"customers" | "requests" | "seconds" | "ratio" | "refused", number>} */ (
  measure("rate.js", 2000)
);
console.log(
  `sync of ${rate.customers} customers at 40 requests/s  ${rate.requests} requests in ${rate.seconds} s, ${rate.ratio} times the floor, ${rate.refused} refused`,
);
