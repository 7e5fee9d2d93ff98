import { expect, test } from "vitest";
import type { Caller } from "../../src/functions/caller.ts";
import { functions } from "../../src/functions/index.ts";
import type { ReadFunction } from "../../src/functions/read-function.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { asking } from "../support/asking.ts";
import { inListingOrder, payingCustomer, syncedWorld } from "../support/worlds.ts";

type Given = Readonly<Record<string, unknown>>;
type Result = Readonly<Record<string, unknown>>;

/** A result without what must differ: its age and its cursor. */
function said({ fresh_as_of, cursor, verified, ...rest }: Result): Result {
  expect(fresh_as_of).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return { ...rest, hasCursor: cursor !== null };
}

async function bothSay(call: Caller, of: ReadFunction, given: Given): Promise<Result> {
  const [stored, live] = await Promise.all(
    [false, true].map((live) => call(of, { ...given, live }) as Promise<Result>),
  );
  expect(said(stored ?? {}), `${of.name} ${JSON.stringify(given)}`).toEqual(said(live ?? {}));
  return stored ?? {};
}

/** All pages of a list, by number and by cursor, from both. */
async function bothList(call: Caller, of: ReadFunction, given: Given): Promise<unknown[]> {
  const lists = await Promise.all(
    [false, true].map(async (live) => {
      const records: unknown[] = [];
      let cursor: string | undefined;
      do {
        const result = (await call(of, { per_page: 7, ...given, live, ...(cursor && { cursor }) })) as Result;
        const [list = []] = [result["entries"] ?? result["plans"]] as unknown[][];
        expect(list.length).toBeLessThanOrEqual(7);
        records.push(...list);
        cursor = result["has_more"] ? String(result["cursor"]) : undefined;
      } while (cursor !== undefined);
      return records;
    }),
  );
  const [stored = [], live = []] = lists;
  expect(stored, `${of.name} ${JSON.stringify(given)}`).toEqual(live);
  const numbered: unknown[] = [];
  for (let page = 1; page <= Math.floor(stored.length / 7) + 2; page += 1) {
    const result = await bothSay(call, of, { per_page: 7, ...given, page });
    expect(result).toMatchObject({ page, per_page: 7 });
    numbered.push(...((result["entries"] ?? result["plans"]) as unknown[]));
  }
  expect(numbered).toEqual(stored);
  return stored;
}

const plain = (records: unknown) => JSON.parse(JSON.stringify(records)) as unknown;

async function everythingAgrees(call: Caller, world: World): Promise<void> {
  const customers = await bothList(call, functions.list_customers, {});
  expect(customers).toEqual(plain(inListingOrder(world)));
  for (const status of ["Active", "past_due", "canceled", "new lead", "Future"]) {
    await bothList(call, functions.list_customers, { status });
  }
  const [someone] = world.customers.filter(({ email }) => email !== "");
  const email = someone?.email.toUpperCase() ?? "";
  expect(await bothList(call, functions.list_customers, { email })).toEqual(
    plain(inListingOrder(world).filter((each) => each.email === someone?.email)),
  );
  expect(await bothList(call, functions.list_customers, { email, status: "qualified lead" })).toEqual(
    plain(
      world.customers.filter((each) => each.email === someone?.email && each.status === "Qualified Lead"),
    ),
  );
  expect(await bothList(call, functions.list_customers, { email: "nobody@example.com" })).toEqual([]);

  for (const { uuid } of world.customers.slice(0, 5))
    await bothSay(call, functions.get_customer, { id: uuid });

  const plans = await bothList(call, functions.list_plans, {});
  expect(plans).toHaveLength(world.plans.length);
  const invoices = await bothList(call, functions.list_invoices, {});
  expect(invoices).toHaveLength(world.invoices.length);
  const customer_uuid = payingCustomer(world);
  const own = await bothList(call, functions.list_invoices, { customer_uuid });
  expect(own).toHaveLength(world.invoices.filter((each) => each.customer_uuid === customer_uuid).length);

  for (const [uuid, subscriptions] of world.subscriptions) {
    for (const status of [undefined, "Active", "expired", "future"]) {
      await bothList(call, functions.list_subscriptions, { customer_uuid: uuid, ...(status && { status }) });
    }
    expect(await bothList(call, functions.list_subscriptions, { customer_uuid: uuid })).toEqual(
      plain(subscriptions),
    );
  }
  await bothSay(call, functions.get_current_user, {});
}

test("the lists, customers and the account are the same from the warehouse and from ChartMogul", async () => {
  const { world, path, sandbox } = await syncedWorld(40);
  await everythingAgrees(asking(path, sandbox), world);
});

test("and after a second sync that finds records new, changed, moved and gone", async () => {
  const { world, path, sandbox, again } = await syncedWorld(40);
  const [gone, moved, ...others] = inListingOrder(world).filter(({ uuid }) => world.subscriptions.has(uuid));
  deleteCustomer(world, gone?.uuid ?? "");
  Object.assign(moved ?? {}, { "customer-since": "2025-06-29T10:00:00+00:00", status: "Past Due" });
  const [lead] = world.customers.filter((each) => each["customer-since"] === null);
  Object.assign(lead ?? {}, { "customer-since": "2024-01-01T10:00:00+00:00", status: "Active" });
  for (const each of others) each.company = `${each.company} renamed`;
  for (const uuid of ["a", "b"]) {
    const [invoice] = world.invoices;
    if (invoice)
      world.invoices.push({
        ...structuredClone(invoice),
        uuid: `inv_new_${uuid}`,
        customer_uuid: lead?.uuid ?? "",
      });
    const [plan] = world.plans;
    if (plan) world.plans.push({ ...structuredClone(plan), uuid: `pl_new_${uuid}` });
  }
  world.invoices.splice(10, 3);
  const [[owner, subscriptions] = ["", []]] = [...world.subscriptions];
  world.subscriptions.set(owner, [
    ...subscriptions,
    ...subscriptions.map((each) => ({ ...each, uuid: `${each.uuid}-b` })),
  ]);
  const reports = await again();
  expect(reports.map(({ status }) => status)).toEqual(reports.map(() => "complete"));
  await everythingAgrees(asking(path, sandbox), world);
});
