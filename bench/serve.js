// A sandbox in a process of its own, with ChartMogul's limits and latency. Tells its parent where it is, and on request
// what it has answered.
import { inventWorld } from "../dist/sandbox/invent.js";
import { startSandbox } from "../dist/sandbox/sandbox.js";

const [customers = "2000", latency = "150"] = process.argv.slice(2);
const world = inventWorld({
  name: "default",
  key: "bench-key",
  seed: 1,
  customers: Number(customers),
  currency: "USD",
  timeZone: "UTC",
  now: new Date(),
});
const sandbox = await startSandbox({ worlds: [world], latency: Number(latency) });

process.on("message", () => {
  const refused = sandbox.requests.filter(({ status }) => status === 429 || status === 503).length;
  process.send?.({ answered: sandbox.requests.length, refused });
});
process.on("disconnect", () => sandbox.close());
process.send?.({ url: sandbox.url, key: world.key });
