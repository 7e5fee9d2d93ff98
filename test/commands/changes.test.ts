import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { deleteCustomer, mergeCustomers } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import type { Ended } from "../support/cli.ts";
import { twinOf } from "../support/twin.ts";
import { type Scene, tiny } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

/** Makes every kind of change that `changes` reports in an account; gives the changed customers as they were before. */
function makeEveryChange(world: World) {
  const paying = world.customers.filter(({ uuid, mrr }) => mrr > 0 && world.subscriptions.get(uuid)?.length);
  const [gone, merged, survivor, cancelled, mover] = paying;
  const [subscription] = world.subscriptions.get(mover?.uuid ?? "") ?? [];
  if (!gone || !merged || !survivor || !cancelled || !mover || !subscription)
    throw new Error("a world too small");
  const before = structuredClone({ gone, merged, survivor, cancelled, mover, subscription });
  deleteCustomer(world, gone.uuid);
  mergeCustomers(world, merged.uuid, survivor.uuid);
  Object.assign(cancelled, { status: "Cancelled", mrr: 0, arr: 0 });
  for (const ended of world.subscriptions.get(cancelled.uuid) ?? []) ended.status = "inactive";
  subscription.plan = "Enterprise (yearly)";
  subscription.mrr += 5_000;
  mover.mrr += 5_000;
  const { uuid: _, ...like } = structuredClone(mover);
  const won = { ...like, id: 999_999, uuid: "cus_won", name: "Won & Sons", status: "Active" as const };
  world.customers.push({ ...won, mrr: 123_400 });
  world.subscriptions.set("cus_won", []);
  return before;
}

const euros = (cents: number) => (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2 });

interface Account {
  readonly [list: string]: readonly Record<string, unknown>[];
}

async function accountsOf({ runHere }: SceneHere, ...args: string[]): Promise<readonly Account[]> {
  return readAccountKeys(await runHere(["changes", "--json", ...args]));
}

function readAccountKeys({ stdout }: Ended): readonly Account[] {
  return (JSON.parse(stdout) as { accounts: Account[] }).accounts;
}

/** A synced account that then is emptied and gets these rows: its changes can be computed by hand. */
async function rowsInstead(...statements: readonly string[]): Promise<SceneHere> {
  const own = await syncedScene();
  writeInto(
    own,
    ...["customers", "subscriptions", "daily_metrics", "daily_metric_restatements"].map(
      (table) => `DELETE FROM ${table}`,
    ),
    "UPDATE sync_runs SET started_at = '2024-01-01 00:00:00'",
    "UPDATE sync_run_resources SET walk_started_at = '2024-01-01 00:00:00'",
    ...statements,
  );
  return own;
}

function writeInto({ warehouse }: Scene, ...statements: readonly string[]): void {
  const sqlite = new Database(warehouse);
  sqlite.pragma("foreign_keys = OFF");
  for (const statement of statements) sqlite.exec(statement);
  sqlite.close();
}

const text = (value: string | number | null) => (typeof value === "string" ? `'${value}'` : String(value));

function customer(uuid: string, status: string, mrr: number, more: Record<string, string> = {}): string {
  const row = { account: "default", uuid, status, mrr_in_cents: mrr, name: `Name ${uuid}`, ...more };
  const values = { synced_at: "2024-01-01 00:00:00", ...row };
  return `INSERT INTO customers (${Object.keys(values).join()}) VALUES (${Object.values(values).map(text).join()})`;
}

function subscription(key: string, status: string, mrr: number, more: Record<string, string> = {}): string {
  const [customer_uuid = "", uuid = ""] = key.split("/");
  const row = { account: "default", customer_uuid, uuid, status, mrr_in_cents: mrr, ...more };
  const values = { synced_at: "2024-01-01 00:00:00", ...row };
  return `INSERT INTO subscriptions (${Object.keys(values).join()}) VALUES (${Object.values(values).map(text).join()})`;
}

let run = 100;

/** A change of a customer or, where its key says so, of a subscription. Each is of a later run. */
function change(key: string, kind: string, ...field: readonly (string | null)[]): string {
  run += 1;
  const [name = "record", before = null, after = null] = field;
  return changeOf(run, key.includes("/") ? "subscriptions" : "customers", key, kind, name, before, after);
}

const mrr = (key: string, before: number, after: number) =>
  change(key, "updated", "mrr_in_cents", String(before), String(after));

function changeOf(of: number, ...values: readonly (string | null)[]): string {
  return `INSERT INTO record_changes (account, run_id, changed_at, resource, key, kind, field, old_value, new_value)
    VALUES ('default', ${of}, '2025-03-10 02:00:00', ${values.map(text).join()})`;
}

const gone = { deleted_at: "2025-03-10 02:00:00" };
const lately = ["--since", "2025-03-10"] as const;

test("changes shows customers won and lost, MRR, plan changes, status changes and restated months", async () => {
  const { run, runHere, rows, value, worlds } = await syncedScene();
  const [world = tiny()] = worlds;
  const first = String(value("SELECT max(walk_started_at) FROM sync_run_resources"));
  const { stdout: unchanged } = await runHere(["changes"]);
  expect(unchanged).toMatch(/^account default, since .* UTC: no changes found$/m);
  expect(unchanged).toContain(`\n  changes are kept since ${first} UTC\n`);
  const before = makeEveryChange(world);
  expect((await runHere(["sync"])).code).toBe(0);

  const { code, stdout } = await run(["changes", "--since", "2h"]);
  expect(code).toBe(0);
  const lost = before.gone.mrr + before.cancelled.mrr;
  expect(stdout).toContain("won (1): MRR +1,234.00 EUR\n  Won & Sons: 1,234.00\n\n");
  expect(stdout).toContain(`lost (2): MRR -${euros(lost)} EUR\n`);
  expect(stdout).toContain(`\n  ${before.gone.name}: ${euros(before.gone.mrr)}, deleted\n`);
  expect(stdout).toContain(`\n  ${before.cancelled.name}: ${euros(before.cancelled.mrr)}, cancelled\n`);
  expect(stdout).toContain(`merged (1)\n  ${before.merged.name}: into ${before.survivor.name}\n\n`);
  // The survivor now has the MRR of both: that is no expansion.
  const { mrr } = before.subscription;
  const move = `${before.mover.name}: ${euros(mrr)} → ${euros(mrr + 5_000)} (+50.00)`;
  expect(stdout).toContain(`MRR changes (1): +50.00 EUR\n  ${move}\n\n`);
  const plans = `${before.subscription.plan} → Enterprise (yearly): ${before.mover.name}`;
  expect(stdout).toContain(`plan changes (1)\n  ${plans}\n\n`);
  expect(stdout).toContain(`status changes (1)\n  Active → Cancelled: ${before.cancelled.name}\n\n`);
  expect(stdout).toMatch(/^customers +1 +2 +2 +0$/m);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);

  // The customer that was deleted had paid since its first month, to this day.
  const [now] = rows("SELECT strftime('%Y-%m', max(date)) AS month FROM daily_metrics");
  expect(stdout).toMatch(
    new RegExp(`^  \\d{4}-\\d\\d to ${now?.["month"]} +MRR +-${euros(before.gone.mrr)}$`, "m"),
  );
  expect(stdout).toMatch(new RegExp(`^  \\d{4}-\\d\\d to ${now?.["month"]} +customers +-2$`, "m"));
  const [twice, once] = await Promise.all(
    [["--account", "default", "--account", "default"], []].map((args) => runHere(["changes", ...args])),
  );
  expect(twice?.stdout.match(/^account default/gm)).toEqual(["account default"]);
  expect(once?.stdout.match(/^account default/gm)).toEqual(["account default"]);
});

test("customers are grouped by what happened to them, with the MRR concerned", async () => {
  const status = (key: string, before: string, after: string) =>
    change(key, "updated", "status", before, after);
  const cancelled = (key: string, mrr: number, before = "Active") => [
    status(key, before, "Cancelled"),
    changeOf(run, "customers", key, "updated", "mrr_in_cents", String(mrr), "0"),
  ];
  const own = await rowsInstead(
    ...[customer("new", "Past Due", 700), change("new", "inserted")],
    ...[customer("lead-won", "Active", 300), status("lead-won", "Qualified Lead", "Active")],
    ...[customer("lead", "New Lead", 0), change("lead", "inserted")],
    ...[customer("new-old", "Cancelled", 0), change("new-old", "inserted")],
    ...[customer("cancelled", "Cancelled", 0), ...cancelled("cancelled", 4_200)],
    ...[customer("deleted", "Active", 900, gone), change("deleted", "deleted")],
    ...[
      customer("slow", "Cancelled", 0),
      status("slow", "Active", "Past Due"),
      ...cancelled("slow", 50, "Past Due"),
    ],
    ...[customer("cancelled-deleted", "Cancelled", 0, gone), ...cancelled("cancelled-deleted", 60)],
    change("cancelled-deleted", "deleted"),
    ...[customer("old-deleted", "Cancelled", 0, gone), change("old-deleted", "deleted")],
    ...[customer("lead-deleted", "Working Lead", 0, gone), change("lead-deleted", "deleted")],
    ...[customer("brief", "Cancelled", 0), change("brief", "inserted"), ...cancelled("brief", 80)],
    ...[customer("briefer", "Active", 90, gone), change("briefer", "inserted"), change("briefer", "deleted")],
    ...[customer("day", "Cancelled", 0), status("day", "New Lead", "Cancelled")],
    ...[customer("back", "Active", 100), status("back", "Cancelled", "Active")],
    ...[customer("restored", "Active", 200), change("restored", "restored")],
    ...[customer("hiccup", "Active", 10), change("hiccup", "deleted"), change("hiccup", "restored")],
    ...[customer("late", "Past Due", 20), status("late", "Active", "Past Due")],
    ...[customer("merged", "Active", 30, { ...gone, merged_into: "into" }), change("merged", "deleted")],
    ...[customer("into", "Active", 30), status("into", "Cancelled", "Active")],
    ...[customer("earlier", "Cancelled", 0), ...cancelled("earlier", 5_000)],
    "UPDATE record_changes SET changed_at = '2025-03-09 23:59:59' WHERE key = 'earlier'",
    "UPDATE record_changes SET changed_at = '2025-03-10 00:00:00' WHERE key = 'deleted'",
  );
  const [account] = await accountsOf(own, ...lately);
  const keysAndMrr = (list: string) => account?.[list]?.map(({ key, mrr_in_cents }) => [key, mrr_in_cents]);
  expect(keysAndMrr("won")).toEqual([
    ["new", 700],
    ["lead-won", 300],
  ]);
  expect(keysAndMrr("lost")).toEqual([
    ["cancelled", 4_200],
    ["deleted", 900],
    ["cancelled-deleted", 60],
    ["slow", 50],
  ]);
  expect(keysAndMrr("won_and_lost")).toEqual([
    ["briefer", 90],
    ["brief", 80],
    ["day", 0],
  ]);
  expect(keysAndMrr("came_back")).toEqual([
    ["restored", 200],
    ["back", 100],
    ["hiccup", 10],
  ]);
  expect(account?.["merged"]).toMatchObject([{ key: "merged", merged_into: "into", survivor: "Name into" }]);
  expect(keysAndMrr("new_leads")).toEqual([["lead", 0]]);
  expect(keysAndMrr("new_cancelled")).toEqual([["new-old", 0]]);
  expect(keysAndMrr("deleted_leads")).toEqual([["lead-deleted", 0]]);
  expect(keysAndMrr("deleted_cancelled")).toEqual([["old-deleted", 0]]);

  const { stdout } = await own.runHere(["changes", ...lately]);
  expect(stdout).toContain("won (2): MRR +10.00 EUR\n  Name new: 7.00, Past Due\n  Name lead-won: 3.00\n");
  expect(stdout).toContain("lost (4): MRR -52.10 EUR\n  Name cancelled: 42.00, cancelled\n");
  expect(stdout).toContain(
    "won and lost again (3)\n  Name briefer: 0.90, deleted\n  Name brief: 0.80, cancelled\n",
  );
  expect(stdout).toContain("came back (3): MRR +3.10 EUR\n  Name restored: 2.00\n");
  expect(stdout).toContain("new leads (1)\n  Name lead\n");
  expect(stdout).toContain(
    "\ndeleted leads (1): Name lead-deleted\ndeleted, cancelled long before (1): Name old-",
  );
  expect(stdout).toContain("  Active → Past Due → Cancelled: Name slow\n");
});

test("MRR changes are the net of a customer's active subscriptions", async () => {
  const own = await rowsInstead(
    ...["a", "b", "c", "d", "into"].map((uuid) => customer(uuid, "Active", 1)),
    customer("lost", "Active", 100, gone),
    customer("merged", "Active", 1, { ...gone, merged_into: "into" }),
    // From 10.00 over 12.00 to 15.00, and one of 3.00 ended: 18.00 with the 5.00 that did not change became 20.00.
    ...[subscription("a/1", "active", 1_500), mrr("a/1", 1_000, 1_200), mrr("a/1", 1_200, 1_500)],
    ...[subscription("a/2", "inactive", 300), change("a/2", "updated", "status", "active", "inactive")],
    subscription("a/3", "active", 500),
    // One is deleted, one is new, another is back: 40.00 became 1.00 and 2.00.
    ...[subscription("b/1", "active", 4_000, gone), change("b/1", "deleted")],
    ...[subscription("b/2", "active", 100), change("b/2", "inserted"), mrr("b/2", 50, 100)],
    ...[subscription("b/3", "active", 200), change("b/3", "restored")],
    // What is inactive counts for nothing, and what comes to the same is no change.
    ...[subscription("c/1", "inactive", 900), mrr("c/1", 800, 900)],
    ...[subscription("d/1", "active", 500), mrr("d/1", 500, 600), mrr("d/1", 600, 500)],
    // A lost customer's MRR counts; a merged one's has moved.
    ...[subscription("lost/1", "active", 100, gone), change("lost/1", "deleted"), change("lost", "deleted")],
    ...[
      subscription("merged/1", "active", 70, gone),
      change("merged/1", "deleted"),
      change("merged", "deleted"),
    ],
    ...[
      subscription("into/1", "active", 70),
      change("into/1", "inserted"),
      subscription("into/2", "active", 5),
    ],
  );
  const [account] = await accountsOf(own, ...lately);
  expect(account?.["mrr_changes"]).toEqual([
    { key: "b", name: "Name b", before: 4_000, after: 300 },
    { key: "a", name: "Name a", before: 1_800, after: 2_000 },
  ]);
  const { stdout } = await own.runHere(["changes", ...lately]);
  expect(stdout).toContain(
    "MRR changes (2): +2.00 EUR and -37.00 EUR\n  Name b: 40.00 → 3.00 (-37.00)\n  Name a: 18.00 → 20.00 (+2.00)\n",
  );
});

test("an account with the same identifiers does not change the changes of another", async () => {
  const own = await syncedScene();
  const [world = tiny()] = own.worlds;
  makeEveryChange(world);
  await own.runHere(["sync"]);
  const asked = ["changes", "--since", "2020-01-01", "--account", "default"];
  const readBoth = async () => [await own.runHere(asked), await own.runHere([...asked, "--json"])];
  const before = await readBoth();
  twinOf(own.warehouse)();
  expect(await readBoth()).toEqual(before);
  // Where the two do not have the same, either.
  writeInto(
    own,
    "UPDATE customers SET name = 'Twin', status = 'Cancelled', mrr_in_cents = 7, merged_into = NULL WHERE account = 'twin'",
    "UPDATE subscriptions SET plan = 'Twin', status = 'inactive', mrr_in_cents = 7 WHERE account = 'twin'",
    "UPDATE record_changes SET old_value = 'Cancelled', changed_at = datetime(changed_at, '+1 second') WHERE account = 'twin'",
    "UPDATE daily_metrics SET mrr_in_cents = 7, date = date(date, '+1 day'), synced_at = '2020-01-01 00:00:00' WHERE account = 'twin' AND date = (SELECT max(date) FROM daily_metrics)",
    "UPDATE daily_metric_restatements SET old_value = 7, observed_at = datetime(observed_at, '+1 second') WHERE account = 'twin'",
    "UPDATE sync_runs SET status = 'running', finished_at = NULL WHERE account = 'twin'",
    "UPDATE sync_run_resources SET status = 'failed' WHERE account = 'twin'",
    "UPDATE accounts SET currency = 'SEK' WHERE account = 'twin'",
  );
  expect(await readBoth()).toEqual(before);
});

test("--json has every customer whose MRR changed, where the lines show twenty", async () => {
  const many = Array.from({ length: 23 }, (_, index) => `c${index + 10}`);
  const own = await rowsInstead(
    ...many.map((uuid) => customer(uuid, "Active", 100)),
    ...many.map((uuid) => subscription(`${uuid}/1`, "active", 100)),
    ...many.map((uuid, index) => mrr(`${uuid}/1`, 101 + index, 100)),
  );
  const [account] = await accountsOf(own, ...lately);
  expect(account?.["mrr_changes"]?.map(({ key }) => key)).toEqual(many.toReversed());
  expect(account?.["mrr_totals"]).toEqual({ customers: 23, up: 0, down: -276 });
  const { stdout } = await own.runHere(["changes", ...lately]);
  expect(stdout).toContain("MRR changes (23): -2.76 EUR\n  Name c32: ");
  expect(stdout.match(/ → 1\.00 \(/g)).toHaveLength(20);
  expect(stdout).toContain("  and 3 more in --json\n");
});

test("moves are grouped by their course, the rarest first; a renamed plan says so", async () => {
  const plan = (key: string, before: string, after: string) => change(key, "updated", "plan", before, after);
  const many = ["m1", "m2", "m3", "m4", "m5", "m6", "m7"];
  const own = await rowsInstead(
    ...[...many, "x"].map((uuid) => customer(uuid, "Active", 1)),
    ...many.map((uuid) => plan(`${uuid}/1`, "Basic", "Basic 2025")),
    plan("m1/2", "Basic", "Basic 2025"),
    changeOf(1, "plans", "pl_1", "updated", "name", "Basic", "Basic 2025"),
    ...[plan("x/1", "Basic", "Pro"), plan("x/1", "Pro", "Team"), plan("x/1", "Team", "Basic")],
  );
  const { stdout } = await own.runHere(["changes", ...lately]);
  expect(stdout).toContain(`plan changes (2)
  Basic → Pro → Team → Basic: Name x
  Basic → Basic 2025 (plan renamed): Name m1, Name m2, Name m3, Name m4, Name m5
    and 2 more in --json
`);
  const [account] = await accountsOf(own, ...lately);
  expect(account?.["plan_changes"]?.map(({ count }) => count)).toEqual([1, 7]);
  expect(account?.["plan_changes"]?.[1]?.["customers"]).toHaveLength(7);
});

test("customers without a name are called by what is known of them, and two of one name by their identifiers", async () => {
  const nameless = (uuid: string, more: Record<string, string>) =>
    customer(uuid, "Active", 100, { name: "", ...more }).replace("''", "NULL");
  const keys = ["a", "b", "c", "d", "e", "f"];
  const own = await rowsInstead(
    nameless("a", { company: "Company", email: "a@example.com" }),
    nameless("b", { email: "b@example.com" }),
    nameless("c", { external_id: "ext_c" }),
    nameless("d", {}),
    customer("e", "Active", 100, { name: "Twin", external_id: "ext_e" }),
    customer("f", "Active", 100, { name: "Twin", external_id: "ext_f" }),
    ...keys.map((key) => change(key, "inserted")),
  );
  const [account] = await accountsOf(own, ...lately);
  const named = account?.["won"]?.map(({ name }) => name);
  expect(named).toEqual(["b@example.com", "Company", "d", "ext_c", "Twin (ext_e)", "Twin (ext_f)"]);
});

test("restated months have the difference of the month, and what the month is now", async () => {
  const observed = "2025-03-10 02:00:00";
  const days = (from: string, to: string, mrr: number, churn = 0, written = "2024-01-01 00:00:00") => `
    WITH RECURSIVE day(date) AS (SELECT '${from}' UNION ALL SELECT date(date, '+1 day') FROM day WHERE date < '${to}')
    INSERT INTO daily_metrics (account, date, mrr_in_cents, mrr_churn_in_cents, customers, synced_at)
    SELECT 'default', date, ${mrr}, ${churn}, 3, '${written}' FROM day`;
  const restated = (
    from: string,
    to: string,
    metric: string,
    before: number | null,
    after: number,
    at = observed,
  ) => `
    INSERT INTO daily_metric_restatements (account, date, metric, observed_at, old_value, new_value)
    SELECT account, date, '${metric}', '${at}', ${before}, ${after} FROM daily_metrics
    WHERE date BETWEEN '${from}' AND '${to}'`;
  const own = await rowsInstead(
    days("2024-08-01", "2024-08-31", 1_000),
    days("2024-10-01", "2025-02-28", 1_000, -10),
    // In August only days within the month, and nothing else.
    restated("2024-08-05", "2024-08-09", "mrr_in_cents", 1_300, 1_000),
    days("2025-03-01", "2025-03-08", 1_000, -10),
    days("2025-03-09", "2025-03-10", 1_200, -10, observed),
    // October was not there at all; five of its days count with nothing before.
    restated("2024-10-27", "2024-10-31", "mrr_in_cents", null, 1_000),
    // From November to January 2.50 less at the end of each month.
    restated("2024-11-15", "2025-01-31", "mrr_in_cents", 1_250, 1_000),
    // In February only days within the month: its end is as it was.
    restated("2025-02-03", "2025-02-05", "mrr_in_cents", 1_400, 1_000),
    // March is not over: its last days were not over, or are new.
    restated("2025-03-01", "2025-03-08", "mrr_in_cents", 1_100, 1_000),
    // Movements add up: 28 days of -0.10; two of them were 0.00 and -0.40 before, and one changed there and back.
    restated("2025-02-01", "2025-02-01", "mrr_churn_in_cents", 0, -10),
    restated("2025-02-02", "2025-02-02", "mrr_churn_in_cents", -40, -20),
    restated("2025-02-02", "2025-02-02", "mrr_churn_in_cents", -20, -10, "2025-03-11 02:00:00"),
    restated("2025-02-03", "2025-02-03", "mrr_churn_in_cents", -10, -90),
    restated("2025-02-03", "2025-02-03", "mrr_churn_in_cents", -90, -10, "2025-03-11 02:00:00"),
    restated("2025-01-31", "2025-01-31", "customers", 5, 3),
    restated("2024-12-05", "2024-12-05", "arr_in_cents", 5, 3),
    restated("2024-11-05", "2024-11-05", "mrr_in_cents", 5, 1_000, "2025-03-09 23:59:59"),
  );
  const [account] = await accountsOf(own, ...lately);
  const month = (month: string, metric: string, days: number, before: number, after: number) => ({
    month,
    metric,
    days,
    before,
    after,
  });
  expect(account?.["restated_months"]).toEqual([
    month("2024-08", "mrr_in_cents", 5, 1_000, 1_000),
    month("2024-10", "mrr_in_cents", 5, 0, 1_000),
    month("2024-11", "mrr_in_cents", 16, 1_250, 1_000),
    month("2024-12", "mrr_in_cents", 31, 1_250, 1_000),
    month("2025-01", "mrr_in_cents", 31, 1_250, 1_000),
    month("2025-02", "mrr_in_cents", 3, 1_000, 1_000),
    month("2025-03", "mrr_in_cents", 8, 1_300, 1_200),
    month("2025-02", "mrr_churn_in_cents", 2, -300, -280),
    month("2025-01", "customers", 1, 5, 3),
  ]);
  const { stdout } = await own.runHere(["changes", ...lately]);
  expect(stdout).toContain(`restated months (6): difference of each month, in EUR
  months              metric     difference  before  after
  2025-03             MRR             -1.00   13.00  12.00
  2025-02             churn           +0.20   -3.00  -2.80
  2025-01             customers          -2       5      3
  2024-11 to 2025-01  MRR             -2.50
  2024-10             MRR            +10.00    0.00  10.00

days restated, month unchanged: 2024-08

`);
});

test("what could not be read is said: what failed, what never was complete, and since when changes are kept", async () => {
  const own = await sceneHere();
  const wrong = { CHARTMOGUL_API_KEY: "wrong" };
  expect((await own.runHere(["sync"], wrong)).code).toBe(1);
  expect((await own.runHere(["changes"])).stdout).toMatch(
    /^account default, since .* UTC: no changes found\n {2}this account had no complete sync yet: nothing counts as a change\n\n$/,
  );
  expect((await own.runHere(["sync"])).code).toBe(0);
  writeInto(
    own,
    "UPDATE sync_runs SET started_at = '2025-03-01 02:00:00' WHERE id = 2",
    "UPDATE sync_run_resources SET walk_started_at = '2025-03-01 02:00:01' WHERE run_id = 2",
    `INSERT INTO sync_runs (account, id, "trigger", status, started_at, process_id)
     VALUES ('default', 3, 'command', 'failed', '2025-03-10 02:00:00', 1)`,
    `INSERT INTO sync_run_resources (account, run_id, resource, status, pages, fetched, inserted, updated, unchanged, rejected, milliseconds)
     VALUES ('default', 3, 'subscriptions', 'failed', 0, 0, 0, 0, 0, 0, 0), ('default', 3, 'customers', 'delete_limit', 0, 0, 0, 0, 0, 0, 0)`,
  );
  const { stdout } = await own.runHere(["changes", "--since", "2025-03-05"]);
  expect(stdout).toBe(`account default, since 2025-03-05 00:00:00 UTC: no changes found
  customers: last sync exceeded the delete limit; changes up to 2025-03-01
    02:00:01 UTC
  subscriptions: last sync failed; changes up to 2025-03-01 02:00:01 UTC

`);
  const early = ["--since", "2025-02-01"];
  expect((await own.runHere(["changes", "--resource", "plans", ...early])).stdout).toContain(
    "\n  plans: changes are kept since 2025-03-01 02:00:01 UTC\n",
  );
  const [account] = await accountsOf(own, "--since", "2025-03-05");
  expect(account?.["incomplete"]).toEqual([
    { resource: "customers", reason: "delete_limit", at: "2025-03-01 02:00:01" },
    { resource: "subscriptions", reason: "failed", at: "2025-03-01 02:00:01" },
  ]);
  expect(
    (await own.runHere(["changes", "--resource", "invoices", "--since", "2025-03-05"])).stdout,
  ).toContain("UTC: nothing has changed\n\n");
  writeInto(
    own,
    `INSERT INTO sync_runs (account, id, "trigger", status, started_at, process_id)
     VALUES ('default', 4, 'command', 'interrupted', '2025-03-11 02:00:00', 1)`,
  );
  expect((await own.runHere(["changes"])).stdout).toContain(
    "  the sync of 2025-03-11 02:00:00 UTC was interrupted;",
  );
});

test("long lists are cut and --json has the rest", async () => {
  const own = await rowsInstead(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
     INSERT INTO customers (account, uuid, name, status, mrr_in_cents, synced_at)
     SELECT 'default', 'cus_' || i, 'Customer ' || i, iif(i <= 1250, 'Active', 'New Lead'), i, '2024-01-01 00:00:00' FROM n`,
    `INSERT INTO record_changes (account, run_id, changed_at, resource, key, kind, field)
     SELECT account, 9, '2025-03-10 02:00:00', 'customers', uuid, 'inserted', 'record' FROM customers`,
  );
  const { stdout } = await own.runHere(["changes", ...lately]);
  expect(stdout).toContain("won (1,250): MRR +7,818.75 EUR\n  Customer 1250: 12.50\n");
  expect(stdout).toContain("\n  Customer 1231: 12.31\n  and 1,230 more in --json\n\n");
  expect(stdout).toContain("new leads (50)\n  Customer 1300, Customer 1299, ");
  expect(stdout).toContain(" and 30 more in --json\n");
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  const [account] = await accountsOf(own, ...lately);
  expect(account?.["won"]).toHaveLength(1_250);
  expect(account?.["changes"]).toHaveLength(1_300);
  expect(account?.["changes"]?.[0]).toEqual({
    resource: "customers",
    key: "cus_1",
    run_id: 9,
    changed_at: "2025-03-10 02:00:00",
    kind: "inserted",
    field: "record",
    old_value: null,
    new_value: null,
  });
});

test("--json has every change; --resource, --account and --since leave out the others", async () => {
  const world = tiny();
  const own = await sceneHere(world, tiny("harbor"));
  expect((await own.runHere(["sync"])).code).toBe(0);
  makeEveryChange(world);
  expect((await own.runHere(["sync"])).code).toBe(0);
  const [account, unchanged] = readAccountKeys(await own.run(["changes", "--json"]));
  expect(account).toMatchObject({ account: "default", currency: "EUR" });
  expect(unchanged).toMatchObject({
    account: "harbor",
    changes: [],
    won: [],
    restated_months: [],
    restatements: [],
  });
  const kinds = new Set(account?.["changes"]?.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(["inserted", "updated", "deleted"]));
  expect(account?.["restatements"]).toHaveLength(
    Number(own.value("SELECT count(*) FROM daily_metric_restatements")),
  );

  const [plans] = await accountsOf(own, "--resource", "plans", "--account", "default");
  expect(plans).toMatchObject({
    changes: [],
    won: [],
    plan_changes: [],
    mrr_changes: [],
    restated_months: [],
  });
  writeInto(
    own,
    "UPDATE record_changes SET changed_at = '2025-01-31 12:00:00'",
    "UPDATE daily_metric_restatements SET observed_at = '2025-01-31 12:00:00'",
  );
  const [nothing] = await accountsOf(own, "--since", "52w");
  expect(nothing).toMatchObject({ changes: [], restatements: [], restated_months: [], resources: [] });
  const [all] = await accountsOf(own, "--since", "2025-01-31");
  expect(all?.["changes"]).toHaveLength(account?.["changes"]?.length ?? 0);
});

test("a wrong time, account or resource is refused with what there is", async () => {
  const { run, runHere } = await syncedScene({ only: ["plans"] });
  for (const [running, args, expected] of [
    [run, ["--since", "yesterday"], "Use a number of hours, days or weeks (12h, 1d, 2w), or a UTC date"],
    [runHere, ["--since", "2025-02-31"], "Use a number of hours, days or weeks"],
    [
      run,
      ["--account", "nobody"],
      'there is no account "nobody" in the warehouse\nhint:  There are: default.',
    ],
    [runHere, ["--resource", "nothing"], 'there is no resource "nothing"'],
  ] as const) {
    const { code, stderr } = await running(["changes", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  }
});
