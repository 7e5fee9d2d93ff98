import { generateWorld } from "#build/sandbox/generate-world.js";
import { startSandbox } from "#build/sandbox/sandbox.js";

/** @import { World } from "#build/sandbox/world.js" */

// Small pages instead of many records: some 6 pages of customers and 45 of invoices, and yet a sync takes about a second.
const customers = { default: 90, tokyo: 20 };
const largestPage = 15;

/** The zone in which it is noon: no midnight may fall between two syncs that must find the same days. */
function zoneAtNoon() {
  const offset = 12 - new Date().getUTCHours();
  // The sign is the reverse of the usual one: Etc/GMT-3 is three hours ahead.
  return `Etc/GMT${offset === 0 ? "" : offset > 0 ? `-${offset}` : `+${-offset}`}`;
}

/**
 * Serves two invented accounts, without limits but not without latency, until it is closed.
 *
 * @param {number} seed
 */
export function serveAccounts(seed) {
  const common = { seed, timeZone: zoneAtNoon(), now: new Date("2025-06-30T00:00:00Z") };
  /** @type {(name: keyof typeof customers, currency: string, older: boolean) => World} */
  const account = (name, currency, older) =>
    generateWorld({ ...common, name, key: `${name}-key`, customers: customers[name], currency, older });
  return startSandbox({
    worlds: [account("default", "USD", false), account("tokyo", "JPY", true)],
    largestPage,
    latency: 5,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    connections: Number.POSITIVE_INFINITY,
  });
}
