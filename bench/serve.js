// A sandbox in a process of its own, with ChartMogul's limits and latency. On request it sends its parent its address and
// how many requests it has answered, or lets a day pass.
import { generateWorld } from "#build/sandbox/generate-world.js";
import { startSandbox } from "#build/sandbox/sandbox.js";

const [customers = "2000", latency = "150"] = process.argv.slice(2);
const world = generateWorld({
  name: "default",
  key: "bench-key",
  seed: 1,
  customers: Number(customers),
  currency: "USD",
  timeZone: "UTC",
  now: new Date(),
});
const sandbox = await startSandbox({ worlds: [world], latency: Number(latency) });

/** A day gives one customer in a hundred more seats, with their movement and invoice. */
function change() {
  for (const [index, customer] of world.customers.entries()) {
    const [subscription] = world.subscriptions.get(customer.uuid) ?? [];
    if (index % 100 !== 0 || !subscription) continue;
    const movement = 500;
    Object.assign(subscription, { quantity: subscription.quantity + 1, mrr: subscription.mrr + movement });
    Object.assign(customer, { mrr: customer.mrr + movement, arr: (customer.mrr + movement) * 12 });
    const activity = world.activities.find((other) => other["customer-uuid"] === customer.uuid);
    const date = new Date().toISOString().replace(/\.\d+Z/, "+00:00");
    const renewed = { uuid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`, date };
    if (activity) world.activities.push({ ...structuredClone(activity), ...renewed, type: "expansion" });
    const invoice = world.invoices.find((other) => other.customer_uuid === customer.uuid);
    if (invoice) world.invoices.push({ ...structuredClone(invoice), uuid: `inv_${renewed.uuid}` });
  }
}

process.on("message", (message) => {
  if (message === "change") change();
  const refused = sandbox.requests.filter(({ status }) => status === 429 || status === 503).length;
  process.send?.({ answered: sandbox.requests.length, refused });
});
process.on("disconnect", () => sandbox.close());
process.send?.({ url: sandbox.url, key: world.key });
