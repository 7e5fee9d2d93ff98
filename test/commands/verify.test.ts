import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import { contents, deadUrl, scene, tiny } from "./scene.ts";

/** Changes the warehouse behind the back of the product. */
function damage(path: string, sql: string): void {
  const sqlite = new Database(path);
  sqlite.exec(sql);
  sqlite.close();
}

test("a fresh warehouse agrees with itself and with ChartMogul, also record by record, and is not changed", async () => {
  const { run, warehouse } = await scene(tiny(), tiny("harbor"));
  expect((await run(["sync"])).code).toBe(0);
  const before = contents(warehouse);
  const { code, stdout } = await run(["verify", "--deep", "--sample", "5"]);
  expect(stdout).toMatch(/^\d\d comparisons agree, 0 warnings, 0 faults$/m);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok +harbor MRR: customers add up to ([\d,.]+), ChartMogul says \1 for \d{4}-/m);
  expect(stdout).toMatch(/^ok +default invoices: (\d+) live rows, \1 in ChartMogul$/m);
  for (const resource of ["plans", "customers", "subscriptions", "invoices", "daily_metrics"]) {
    expect(stdout).toMatch(
      new RegExp(`^ok +default ${resource}: \\d+ records read again, 0 of them differ$`, "m"),
    );
  }
  expect(contents(warehouse)).toEqual(before);
  const other = await run(["verify", "--account", "harbor", "--json"]);
  expect(other.code).toBe(0);
  const findings = JSON.parse(other.stdout) as { account: string; outcome: string }[];
  expect(new Set(findings.map(({ account }) => account))).toEqual(new Set(["harbor"]));
});

test.each([
  [
    "a row that was lost",
    "DELETE FROM plans WHERE rowid = 1",
    /FAULT default plans: \d+ rows, 0 of them deleted; \d+ records received/,
  ],
  [
    "a mark that no walk has made",
    "UPDATE invoices SET deleted_at = '2025-01-01 00:00:00' WHERE rowid = 1",
    /FAULT default invoices: \d+ rows, 1 of them deleted/,
  ],
  [
    "children without a parent",
    "UPDATE invoice_line_items SET invoice_uuid = 'inv_nowhere' WHERE invoice_uuid = (SELECT min(invoice_uuid) FROM invoice_line_items)",
    /FAULT default invoice_line_items: \d+ rows belong to no row of invoices/,
  ],
  [
    "an MRR that the movements do not explain",
    "UPDATE daily_metrics SET mrr_in_cents = mrr_in_cents + 100000 WHERE date = (SELECT max(date) FROM daily_metrics)",
    /FAULT default daily_metrics: on 1 of \d+ days the movements do not add up .* by up to 1,000.00/,
  ],
  [
    "customers who add up to something else",
    "UPDATE customers SET mrr_in_cents = mrr_in_cents * 2",
    /FAULT default MRR: customers add up to [\d,.]+, ChartMogul says [\d,.]+ for/,
  ],
])("%s is a fault", async (_what, sql, expected) => {
  const { run, warehouse } = await scene();
  expect((await run(["sync"])).code).toBe(0);
  damage(warehouse, `PRAGMA foreign_keys = OFF; ${sql}`);
  const { code, stdout } = await run(["verify"]);
  expect(stdout).toMatch(expected);
  expect(code).toBe(1);
});

test("--deep finds a row that is not what was received, and names the field with both values", async () => {
  const { run, warehouse } = await scene();
  expect((await run(["sync"])).code).toBe(0);
  damage(warehouse, "UPDATE plans SET name = 'Something else'");
  expect((await run(["verify"])).code).toBe(0);
  const { code, stdout } = await run(["verify", "--deep"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /FAULT default plans: pl_\S+: name was received as .+ and is stored as Something else/,
  );
});

test("what has changed in ChartMogul since the sync is a warning with both figures, and no fault", async () => {
  const world = tiny();
  const { run } = await scene(world);
  expect((await run(["sync"])).code).toBe(0);
  const [plan] = world.plans;
  const gone = world.customers.find(({ mrr }) => mrr > 0)?.uuid ?? "";
  Object.assign(plan ?? {}, { name: "Renamed since" });
  deleteCustomer(world, gone);
  const { code, stdout } = await run(["verify", "--deep"]);
  expect(stdout).toMatch(/^warn +default customers: 15 live rows, 14 in ChartMogul; they may have changed/m);
  expect(stdout).toMatch(
    /^warn +default MRR: customers add up to .+, ChartMogul says .+; it said .+ at the sync/m,
  );
  expect(stdout).toMatch(
    /^warn +default plans: pl_\S+: name is stored as .+, ChartMogul says Renamed since/m,
  );
  expect(stdout).toContain(`${gone}: stored, but no longer in ChartMogul`);
  expect(code).toBe(0);
});

test("a sync that was not complete, records that did not validate and a ChartMogul that does not answer are faults", async () => {
  const world = tiny();
  const { run } = await scene(world);
  const [customer] = world.customers;
  Object.assign(customer ?? {}, { mrr: "much" });
  expect((await run(["sync", "--only", "customers"])).code).toBe(0);
  const { code, stdout } = await run(["verify"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAULT default plans: was never synced$/m);
  expect(stdout).toMatch(/^FAULT default customers: 1 records did not validate and are missing/m);
  const unreachable = await run(["verify"], { CHARTMOGUL_API_URL: await deadUrl() });
  expect(unreachable.code).toBe(1);
  expect(unreachable.stdout).toMatch(/^FAULT default ChartMogul: no answer from ChartMogul/m);
}, 60_000);

test("without a warehouse or with a wrong sample it says what is wrong", async () => {
  const { run } = await scene();
  const missing = await run(["verify"]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("there is no warehouse at");
  const wrong = await run(["verify", "--deep", "--sample", "0"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("Use a whole number from 1.");
});
