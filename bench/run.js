// Runs every benchmark but the large warehouse, each in a process of its own. Prints a line for each figure of bench/README.md: what
// was measured, and what is wanted.
import { measureScript } from "./measure-script.js";

/** @import { Delays } from "./measure.js" */

/**
 * @typedef {{ perSecond: number, writtenMegabytes: number, eventLoopDelay: Delays }} Load
 *
 * @typedef {Record<"peakMegabytes" | "fileMegabytes" | "rawMegabytes" | "writtenForFile", number> & { first: Load, second: Load }} LoadFigures
 *
 * @typedef {{ requests: number, seconds: number, changed: number }} Night
 */

/**
 * @param {string} figure
 * @param {string} measured
 * @param {string} [wanted]
 */
function print(figure, measured, wanted = "") {
  console.log(`${figure.padEnd(56)} ${measured.padEnd(42)} ${wanted}`.trimEnd());
}

/** @type {(one: number, other: number) => string} */
const ratio = (one, other) => (one / other).toFixed(2);
/** @type {(one: number, other: number) => string} */
const percent = (one, other) => `${((one / other) * 100).toFixed(2)} %`;

function measureStart() {
  const { processor, firstRequest } =
    /** @type {{ processor: Record<string, number>, firstRequest: number }} */ (
      measureScript("start.js", 15)
    );
  for (const [command, milliseconds] of Object.entries(processor))
    print(`start, ${command}`, `${milliseconds} ms of processor time`);
  print("first request of a sync into a new file", `after ${firstRequest} ms`);
}

function measureLoads() {
  const plain = Math.max(...[1, 2].map(() => /** @type {Load} */ (measureScript("plain.js")).perSecond));
  const load = () => /** @type {LoadFigures} */ (measureScript("load.js"));
  const [one, other] = [load(), load()];
  // The faster run: what slows a run down is something else on the machine.
  const { first, second, ...file } = one.first.perSecond > other.first.perSecond ? one : other;
  print("plain prepared upserts, 100,000 invoices", `${plain} invoices/s`);
  print("first load", `${first.perSecond} invoices/s`, "at least 8000");
  print("first load, against plain", ratio(first.perSecond, plain), "at least 0.9");
  print("second load, unchanged", `${second.perSecond} invoices/s`, "at least 40000");
  print("second load, against the first", ratio(second.perSecond, first.perSecond), "at least 8");
  print("written by the first load, against the file", String(file.writtenForFile), "at most 4");
  print(
    "written by the second load, against the first",
    percent(second.writtenMegabytes, first.writtenMegabytes),
    "at most 0.5 %",
  );
  print("file", `${file.fileMegabytes} MB, of it raw records ${file.rawMegabytes} MB`);
  for (const [which, { eventLoopDelay: delay }] of Object.entries({ first, second }))
    print(
      `delay of the event loop, ${which} load`,
      `p50 ${delay.p50} ms, p99 ${delay.p99} ms, at most ${delay.max} ms`,
    );
  for (const invoices of [25_000, 200_000]) {
    const { peakMegabytes } = /** @type {LoadFigures} */ (measureScript("load.js", invoices));
    print(`peak memory, ${invoices} invoices twice`, `${peakMegabytes} MB`, "at most 200, flat");
  }
}

function measureAccounts() {
  const { accounts, invoices, many, one, ratios } =
    /** @type {Record<"accounts" | "invoices", number> & Record<"many" | "one" | "ratios", Record<"first" | "second" | "peakMegabytes", number>>} */ (
      measureScript("accounts.js")
    );
  const [several, single] = [`${accounts} accounts of ${invoices}`, `one account of ${accounts * invoices}`];
  for (const load of /** @type {const} */ (["first", "second"])) {
    print(`${several}, ${load} load`, `${many[load]} invoices/s`);
    print(`${single}, ${load} load`, `${one[load]} invoices/s`);
    print(`many accounts against one, ${load} load`, ratios[load].toFixed(2), "at least 1, on two cores 1.5");
  }
  print("peak memory", `${many.peakMegabytes} MB with many, ${one.peakMegabytes} MB with one`);
}

function measureWrites() {
  const { customers, first, second } = /** @type {Record<"customers" | "first" | "second", number>} */ (
    measureScript("writes.js")
  );
  print(`written, first sync of ${customers} customers`, `${first} MB`);
  print("written, second sync, unchanged", `${second} MB, ${percent(second, first)} of the first`);
}

function measureDeletes() {
  const { gone, records, walkSeconds, markSeconds, peakMegabytes } =
    /** @type {Record<"gone" | "records" | "walkSeconds" | "markSeconds" | "peakMegabytes", number>} */ (
      measureScript("deletes.js")
    );
  print(`deletes: reading ${records} records`, `${walkSeconds} s`);
  print(`deletes: finding and marking ${gone}`, `${markSeconds} s, peak ${peakMegabytes} MB`);
}

function measureNights() {
  const { customers, ...nights } =
    /** @type {Record<"first" | "unchangedFull" | "unchanged" | "changed", Night> & { customers: number }} */ (
      measureScript("nights.js")
    );
  for (const [name, what] of /** @type {const} */ ([
    ["first", "first night"],
    ["unchangedFull", "second, nothing changed"],
    ["unchanged", "second, nothing changed, with shortcuts"],
    ["changed", "third, 1 % changed, with shortcuts"],
  ])) {
    const { requests, seconds, changed } = nights[name];
    print(
      `${customers} customers, ${what}`,
      `${requests} requests, ${seconds} s, ${changed} records written`,
    );
  }
}

function measureRate() {
  for (const busy of [0, 1]) {
    const { customers, requests, refused, floorSeconds, seconds, eventLoopDelay, ...rate } =
      /** @type {Record<"customers" | "requests" | "refused" | "floorSeconds" | "seconds" | "ratio" | "firstRequestAfter" | "endAfterLastAnswer" | "perSecondAtFirst", number> & { eventLoopDelay: Delays }} */ (
        measureScript("rate.js", 2000, busy)
      );
    const where = busy === 0 ? "" : ", one core busy";
    print(
      `${customers} customers at 40 requests/s${where}`,
      `${requests} requests in ${seconds} s, floor ${floorSeconds} s`,
    );
    print("against the floor of the limits", String(rate.ratio), "at most 1.05");
    print("refused", String(refused), "none");
    print("first request", `after ${rate.firstRequestAfter} s`);
    print("end", `${rate.endAfterLastAnswer} s after the last answer`);
    print("requests in the first twelve seconds", `${rate.perSecondAtFirst} a second`);
    print("delay of the event loop", `p99 ${eventLoopDelay.p99} ms, at most ${eventLoopDelay.max} ms`);
  }
}

print(`node ${process.version}, ${process.platform} ${process.arch}`, "measured", "wanted");
measureStart();
measureLoads();
measureAccounts();
measureWrites();
measureDeletes();
measureNights();
measureRate();
