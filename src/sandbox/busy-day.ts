import type { Customer, Subscription } from "../api/records.ts";
import {
  cancelSubscription,
  changeSeats,
  deleteCustomer,
  mergeCustomers,
  payInvoice,
  signUp,
} from "./edits.ts";
import type { World } from "./world.ts";

interface Payer {
  readonly customer: Customer;
  /** The customer's only subscription. */
  readonly subscription: Subscription;
}

/** Lists the customers with a single, active subscription in the account's currency. The largest payer comes first. */
function payers(world: World): Payer[] {
  return world.customers
    .flatMap((customer) => {
      const [subscription, ...others] = world.subscriptions.get(customer.uuid) ?? [];
      const isPlain = subscription?.status === "active" && others.length === 0 && subscription.mrr > 0;
      return isPlain && customer.currency === world.account.currency ? [{ customer, subscription }] : [];
    })
    .sort((one, other) => other.customer.mrr - one.customer.mrr || one.customer.id - other.customer.id);
}

/**
 * Simulates a day on which a bit of everything happens, the same for the same world. A customer signs up, one takes more seats,
 * one cancels, an overdue invoice is paid, two customers are merged, and one is deleted. Its whole history goes with it, so past
 * figures change.
 */
export function simulateBusyDay(world: World): void {
  // The largest customers stay as they are: a customer who leaves should not change the account beyond recognition.
  const [deleted, growing, leaving, model, kept, doubled] = payers(world).slice(3);
  const lead = world.customers.find(({ status, name }) => status === "New Lead" && name);
  if (!deleted || !growing || !leaving || !model || !kept || !doubled || !lead)
    throw new Error(`The world ${world.name} is too small for a busy day`);
  const overdue = world.invoices
    .filter(({ status, due_date }) => status === "open" && due_date && Date.parse(due_date) < +world.now)
    .sort((one, other) => (one.date < other.date ? 1 : -1));
  if (overdue[0]) payInvoice(world, overdue[0].uuid);
  signUp(world, lead.uuid, model.subscription);
  changeSeats(world, growing.customer.uuid, growing.subscription, growing.subscription.quantity + 5);
  cancelSubscription(world, leaving.customer.uuid, leaving.subscription);
  mergeCustomers(world, doubled.customer.uuid, kept.customer.uuid);
  deleteCustomer(world, deleted.customer.uuid);
}
