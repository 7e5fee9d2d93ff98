import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { deleteCustomer, mergeCustomers } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { scene, tiny } from "./scene.ts";

/** Lets everything happen to an account that a digest tells of; gives the names that it must tell. */
function livelyNight(world: World) {
  const paying = world.customers.filter(({ uuid, mrr }) => mrr > 0 && world.subscriptions.get(uuid)?.length);
  const [gone, merged, survivor, cancelled, mover] = paying;
  const [subscription] = world.subscriptions.get(mover?.uuid ?? "") ?? [];
  if (!gone || !merged || !survivor || !cancelled || !mover || !subscription)
    throw new Error("a world too small");
  const names = {
    gone: gone.name,
    merged: merged.name,
    survivor: survivor.name,
    cancelled: cancelled.name,
    mover: mover.name,
    plan: subscription.plan,
  };
  deleteCustomer(world, gone.uuid);
  mergeCustomers(world, merged.uuid, survivor.uuid);
  cancelled.status = "Cancelled";
  subscription.plan = "Enterprise (yearly)";
  world.customers.push({
    ...structuredClone(mover),
    id: 999_999,
    uuid: "cus_won",
    name: "Won & Sons",
    status: "Active",
    mrr: 123_400,
  });
  world.subscriptions.set("cus_won", []);
  return names;
}

test("changes tells of customers won and lost, plan moves, status changes and restated months", async () => {
  const world = tiny();
  const { run, value, rows } = await scene(world);
  expect((await run(["sync"])).code).toBe(0);
  expect((await run(["changes"])).stdout).toMatch(/^account default, since .* UTC: nothing has changed$/m);
  const names = livelyNight(world);
  expect((await run(["sync"])).code).toBe(0);

  const { code, stdout } = await run(["changes", "--since", "2h"]);
  expect(code).toBe(0);
  expect(stdout).toContain("new customers (1)\n  Won & Sons: Active, MRR 1,234.00 ");
  expect(stdout).toContain(`lost customers (3)\n`);
  expect(stdout).toContain(`  ${names.gone}: deleted\n`);
  expect(stdout).toContain(`  ${names.merged}: deleted, merged into ${names.survivor}\n`);
  expect(stdout).toContain(`  ${names.cancelled}: cancelled\n`);
  expect(stdout).toContain(`plan moves (1)\n  ${names.mover}: ${names.plan} → Enterprise (yearly)\n`);
  expect(stdout).toContain(`  Active → Cancelled: ${names.cancelled}\n`);
  expect(stdout).toMatch(/^ +customers +1 +\d+ +2 +0$/m);

  // The night has rewritten history: the customer that was deleted had paid before.
  const restated = Number(
    value("SELECT count(*) FROM daily_metric_restatements WHERE metric = 'mrr_in_cents'"),
  );
  expect(restated).toBeGreaterThan(30);
  const [month] = rows(
    `SELECT strftime('%Y-%m', date) AS month, count(*) AS days, (new_value - old_value) / 100 AS difference, max(date)
     FROM daily_metric_restatements WHERE metric = 'mrr_in_cents' GROUP BY 1 ORDER BY 1 DESC LIMIT 1`,
  );
  const line = stdout.split("\n").find((each) => each.includes(`${month?.["month"]}  mrr  `));
  expect(line).toMatch(new RegExp(`mrr +${month?.["days"]} `));
  const difference = Number(month?.["difference"]).toLocaleString("en-US", { minimumFractionDigits: 2 });
  expect(line?.trimEnd().split(/ {2,}/).at(-1)).toMatch(new RegExp(`^${difference} [A-Z]{3}$`));
});

test("--json has every change; --resource, --account and --since leave out the others", async () => {
  const world = tiny();
  const { run, warehouse } = await scene(world, tiny("harbor"));
  expect((await run(["sync"])).code).toBe(0);
  livelyNight(world);
  expect((await run(["sync"])).code).toBe(0);
  const read = async (...args: string[]) =>
    (
      JSON.parse((await run(["changes", "--json", ...args])).stdout) as {
        accounts: Record<string, unknown[]>[];
      }
    ).accounts;
  const [account, quiet] = await read();
  expect(account?.["account"]).toBe("default");
  expect(quiet).toMatchObject({ account: "harbor", changes: [], newCustomers: [], restatedMonths: [] });
  const kinds = new Set(account?.["changes"]?.map((change) => (change as { kind: string }).kind));
  expect(kinds).toEqual(new Set(["inserted", "updated", "deleted"]));
  expect(account?.["lostCustomers"]).toHaveLength(3);

  const [plans] = await read("--resource", "plans", "--account", "default");
  expect(plans).toMatchObject({ changes: [], newCustomers: [], planMoves: [], restatedMonths: [] });
  const sqlite = new Database(warehouse);
  sqlite.exec("UPDATE record_changes SET changed_at = '2025-01-31 12:00:00'");
  sqlite.exec("UPDATE daily_metric_restatements SET observed_at = '2025-01-31 12:00:00'");
  sqlite.close();
  expect((await read("--since", "52w"))[0]).toMatchObject({ changes: [], restatedMonths: [] });
  expect((await read("--since", "2025-01-31"))[0]?.["changes"]).not.toEqual([]);
});

test("a wrong time, account or resource is refused with what there is", async () => {
  const { run } = await scene();
  expect((await run(["sync", "--only", "plans"])).code).toBe(0);
  for (const [args, expected] of [
    [["--since", "yesterday"], "Use hours, days or weeks such as 12h, 1d, 2w, or a UTC date"],
    [["--since", "2025-02-31"], "Use hours, days or weeks"],
    [["--account", "nobody"], 'there is no account "nobody" in the warehouse\nhint:  There are: default.'],
    [["--resource", "nothing"], 'there is no resource "nothing"'],
  ] as const) {
    const { code, stderr } = await run(["changes", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  }
});
