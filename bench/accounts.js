// Loads many small accounts side by side, and one account with as many invoices, both from memory and each in a process of its own.
// They alternate, twice each, and the faster run of each counts. Prints one JSON line: invoices a second and peak memory of both, and
// how many times as fast the many accounts are.
import { measureScript } from "./measure-script.js";

/**
 * @typedef {{ perSecond: number }} Load
 *
 * @typedef {{ first: Load, second: Load, peakMegabytes: number }} Loads
 */

const [accounts = 24, invoices = 5000] = process.argv.slice(2).map(Number);

/**
 * @param {Loads[]} runs
 * @returns {Record<"first" | "second" | "peakMegabytes", number>}
 */
function takeBest(runs) {
  return {
    first: Math.max(...runs.map(({ first }) => first.perSecond)),
    second: Math.max(...runs.map(({ second }) => second.perSecond)),
    peakMegabytes: Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

/** @type {Loads[]} */
const manyRuns = [];
/** @type {Loads[]} */
const oneRuns = [];
for (let run = 0; run < 2; run += 1) {
  manyRuns.push(/** @type {Loads} */ (measureScript("load.js", invoices, accounts)));
  oneRuns.push(/** @type {Loads} */ (measureScript("load.js", invoices * accounts)));
}
const many = takeBest(manyRuns);
const one = takeBest(oneRuns);
/** @param {"first" | "second"} load */
const ratio = (load) => Math.round((many[load] / one[load]) * 100) / 100;
console.log(
  JSON.stringify({
    accounts,
    invoices,
    many,
    one,
    ratios: { first: ratio("first"), second: ratio("second") },
  }),
);
