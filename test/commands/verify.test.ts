import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { runVerify } from "../../src/commands/run-verify.ts";
import { openWarehouse } from "../../src/database/open.ts";
import { customers } from "../../src/resources/customers.ts";
import { resources } from "../../src/resources/index.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { hashRecord, openRecordWriter } from "../../src/store/record-writer.ts";
import { connectTo } from "../support/accounts.ts";
import { collected } from "../support/collected.ts";
import { twinOf } from "../support/twin.ts";
import { contents, deadUrl, holding, tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

/** The names of all resources in their order, or of all but one. */
const names = (except?: string) => resources.map(({ name }) => name).filter((name) => name !== except);

/** Changes the warehouse behind the back of the product. */
function damage(path: string, sql: string): void {
  const sqlite = new Database(path);
  sqlite.exec(`PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; ${sql}`);
  sqlite.close();
}

/** Takes the other customers away with all that belongs to them. */
function keepCustomers(world: World, isKept: (customer: World["customers"][number]) => boolean): void {
  for (const customer of [...world.customers]) if (!isKept(customer)) deleteCustomer(world, customer.uuid);
}

test("a fresh warehouse agrees with itself and with ChartMogul, also record by record, and is not changed", async () => {
  const { run, warehouse } = await syncedScene({ accounts: ["default", "harbor"] });
  const before = contents(warehouse);
  const { code, stdout } = await run(["verify", "--sample", "5"]);
  expect(stdout).toMatch(/^\d\d comparisons agree, 0 warnings, 0 faults$/m);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok +harbor MRR: customers add up to ([\d,.]+), ChartMogul says \1 for \d{4}-/m);
  expect(stdout).toMatch(/^ok +default invoices: (\d+) live rows, \1 in ChartMogul$/m);
  expect(stdout).toMatch(/^ok +default invoices: \d+ records stored as received, 0 of them deleted$/m);
  expect(stdout).toMatch(
    /^ok +default subscriptions: active subscriptions add up to ([\d,.]+) MRR, customers to \1$/m,
  );
  for (const resource of ["plans", "customers", "subscriptions", "invoices", "daily_metrics"]) {
    expect(stdout).toMatch(
      new RegExp(`^ok +default ${resource}: \\d+ records? read again, 0 of them differ$`, "m"),
    );
  }
  expect(contents(warehouse)).toEqual(before);
  const other = await run(["verify", "--account", "harbor", "--json"]);
  expect(other.code).toBe(0);
  const findings = JSON.parse(other.stdout) as { account: string; found: string }[];
  expect(new Set(findings.map(({ account }) => account))).toEqual(new Set(["harbor"]));
  expect(findings.map(({ found }) => found)).toContain("3 random past days agree with ChartMogul");
  expect(other.stdout).not.toContain("read again");
});

const oneInvoice = "(SELECT min(uuid) FROM invoices)";
const ago = "'2025-01-01 00:00:00'";
const rebuild = /^ +Run `rebuild`/m;
const again = /^ +Run `sync( --full)?`/m;
const restore = /^ +Restore a copy of the warehouse, or sync into a new file/m;

test.each<[string, string, RegExp, RegExp]>([
  [
    "a row that was lost",
    "DELETE FROM plans WHERE rowid = 1",
    /plans: pl_\S+: it was received but has no row$/,
    rebuild,
  ],
  [
    "names that were overwritten",
    "UPDATE plans SET name = 'Something else'",
    /plans: (\d+) of \1 records stored otherwise than received$/,
    rebuild,
  ],
  [
    "one such name",
    "UPDATE plans SET name = 'Something else'",
    /plans: pl_\S+: name was received as ".+" and is stored as "Something else"$/,
    rebuild,
  ],
  [
    "an amount of another type",
    "UPDATE customers SET mrr_in_cents = 'much'",
    /customers: cus_\S+: mrr_in_cents was received as \d+ and is stored as "much"$/,
    rebuild,
  ],
  [
    "the row of the account",
    "UPDATE accounts SET currency = 'XTS'",
    /account: the record: currency was received as "EUR" and is stored as "XTS"$/,
    rebuild,
  ],
  [
    "children that were lost",
    "DELETE FROM invoice_line_items WHERE position = 0",
    /invoices: inv_\S+: invoice_line_items\.0\.\w+ was received as .+ and is stored as NULL \(and \d+ more fields\)$/,
    rebuild,
  ],
  [
    "children that were made up",
    "INSERT INTO invoice_transactions (account, invoice_uuid, position, uuid) SELECT account, uuid, 7, 'tr_x' FROM invoices",
    /invoices: inv_\S+: invoice_transactions\.7\.uuid was received as NULL and is stored as "tr_x"$/,
    rebuild,
  ],
  [
    "a child without any value",
    `INSERT INTO invoice_transactions (account, invoice_uuid, position, synced_at) SELECT account, uuid, 7, synced_at FROM invoices WHERE uuid = ${oneInvoice}`,
    /invoices: inv_\S+: \d rows? of invoice_transactions (was|were) received and \d stored$/,
    rebuild,
  ],
  [
    "amounts of children",
    "UPDATE invoice_line_items SET amount_in_cents = amount_in_cents * 100",
    /invoices: inv_\S+: invoice_line_items\.0\.amount_in_cents was received as (\d+) and is stored as \1(?:00)$/,
    rebuild,
  ],
  [
    "tags that were lost",
    "DELETE FROM customer_tags",
    /customers: cus_\S+: customer_tags\.\S+ was received as "\S+" and is stored as NULL/,
    rebuild,
  ],
  [
    "attributes of another name",
    "UPDATE customer_attributes SET name = name || ' x'",
    /customers: cus_\S+: customer_attributes\.\S+ was received as .+ and is stored as NULL/,
    rebuild,
  ],
  [
    "values of past days",
    "UPDATE daily_metrics SET customers = customers + 1 WHERE date = (SELECT min(date) FROM daily_metrics)",
    /daily_metrics: \d{4}-\d\d-\d\d: customers was received as 0 and is stored as 1$/,
    rebuild,
  ],
  [
    "a mark that no sync has made",
    `UPDATE invoices SET deleted_at = ${ago} WHERE uuid = ${oneInvoice}`,
    /invoices: inv_\S+: deleted_at should be NULL and is stored as "2025-01-01 00:00:00"$/,
    rebuild,
  ],
  [
    "a mark on the record alone",
    `INSERT INTO sync_tombstones (account, resource, key, deleted_at) SELECT account, 'invoices', uuid, ${ago} FROM invoices WHERE uuid = ${oneInvoice}`,
    /invoices: inv_\S+: deleted_at should be "2025-01-01 00:00:00" and is stored as NULL$/,
    rebuild,
  ],
  [
    "a mark on children alone",
    `UPDATE invoice_line_items SET deleted_at = ${ago}`,
    /invoices: inv_\S+: invoice_line_items\.deleted_at should be NULL and is stored as "2025-/,
    rebuild,
  ],
  [
    "a live customer that was merged",
    "UPDATE customers SET merged_into = 'cus_x'",
    /customers: cus_\S+: merged_into should be NULL and is stored as "cus_x"$/,
    rebuild,
  ],
  [
    "a time of writing that is not",
    `UPDATE plans SET synced_at = ${ago}`,
    /plans: pl_\S+: synced_at should be "20\S+ \S+" and is stored as "2025-01-01 00:00:00"$/,
    rebuild,
  ],
  [
    "children without a parent",
    "UPDATE invoice_line_items SET invoice_uuid = 'inv_nowhere' WHERE invoice_uuid = (SELECT min(invoice_uuid) FROM invoice_line_items)",
    /invoice_line_items: 1 row belongs to no row of invoices: inv_nowhere$/,
    rebuild,
  ],
  [
    "a row that was never received",
    "INSERT INTO plans (account, uuid) VALUES ('default', 'pl_stray')",
    /plans: 1 row belongs to no record that was received: pl_stray$/,
    /Run `sync --full`, .+ Then run `rebuild`/,
  ],
  [
    "records that were lost",
    "DELETE FROM raw_records WHERE resource = 'subscriptions'",
    /subscriptions: \d+ rows belong to no record that was received: cus_\S+\/\S+, .+, …$/,
    /Run `sync --full`, .+ Then run `rebuild`/,
  ],
  [
    "junk instead of a record",
    "UPDATE raw_records SET record = x'ffffffff' WHERE resource = 'plans'",
    /plans: pl_\S+: cannot be read: .+$/,
    restore,
  ],
  [
    "text instead of a record",
    "UPDATE raw_records SET record = 'text' WHERE resource = 'plans'",
    /plans: pl_\S+: cannot be read: .+$/,
    restore,
  ],
  [
    "a record that breaks off",
    `UPDATE raw_records SET record = substr(record, 1, 20) WHERE resource = 'invoices' AND key = ${oneInvoice}`,
    /invoices: inv_\S+: cannot be read: unexpected end of file$/,
    restore,
  ],
  [
    "a dictionary that was lost",
    "DELETE FROM sync_compression_dictionaries WHERE resource = 'customers'",
    /customers: cus_\S+: cannot be read: the dictionary that it was compressed with is missing$/,
    restore,
  ],
  [
    "another dictionary",
    "UPDATE sync_compression_dictionaries SET sample = replace(sample, 'e', 'f')",
    /plans: pl_\S+: cannot be read: its hash is that of another text$/,
    restore,
  ],
  [
    "a hash of nothing",
    "UPDATE raw_records SET hash = 'x' WHERE resource = 'account'",
    /account: the record: cannot be read: its hash is that of another text$/,
    restore,
  ],
  [
    "a record under another key",
    `UPDATE raw_records SET key = 'inv_other' WHERE key = ${oneInvoice}`,
    /invoices: inv_other: cannot be read: it is the record inv_\S+$/,
    restore,
  ],
  [
    "a deleted record that was never received",
    `INSERT INTO sync_tombstones (account, resource, key, deleted_at) VALUES ('default', 'plans', 'pl_x', ${ago})`,
    /plans: 1 record is marked as deleted that was never received$/,
    restore,
  ],
  [
    "live subscriptions of a deleted customer",
    `UPDATE customers SET deleted_at = ${ago}`,
    /subscriptions: \d+ live rows belong to deleted rows of customers$/,
    again,
  ],
  [
    "a day that was lost",
    "DELETE FROM daily_metrics WHERE date = '2025-01-02'; DELETE FROM raw_records WHERE key = '2025-01-02'",
    /daily_metrics: 1 day is missing: between 2025-01-01 and 2025-01-03$/,
    again,
  ],
  [
    "days from before the first customer paid",
    `UPDATE daily_metrics SET mrr_in_cents = 0, arr_in_cents = 0, arpa_in_cents = 0, asp_in_cents = 0, ltv_in_cents = 0, customers = 0,
       customer_churn_rate = 0, mrr_churn_rate = 0, mrr_new_business_in_cents = 0, mrr_expansion_in_cents = 0,
       mrr_contraction_in_cents = 0, mrr_churn_in_cents = 0, mrr_reactivation_in_cents = 0 WHERE date < '2025-01-01';
     UPDATE customers SET customer_since = '2025-01-31 00:00:00'`,
    /daily_metrics: \d+ days are from before the first customer paid, the first 20\d\d-\d\d-\d\d$/,
    rebuild,
  ],
  [
    "an MRR that the movements do not explain",
    "UPDATE daily_metrics SET mrr_in_cents = mrr_in_cents + 100000 WHERE date = (SELECT max(date) FROM daily_metrics)",
    /daily_metrics: on 1 of \d+ days the movements do not add up .* by up to 1,000.00/,
    again,
  ],
  [
    "customers who add up to something else",
    "UPDATE customers SET mrr_in_cents = mrr_in_cents * 2",
    /MRR: customers add up to [\d,.]+, ChartMogul says [\d,.]+ for/,
    again,
  ],
  [
    "a run that was killed",
    "UPDATE sync_runs SET status = 'running', finished_at = NULL, process_id = 999999999",
    /sync: the last sync was interrupted: it was cut off: its process 999999999 is gone$/,
    again,
  ],
  [
    "a run that failed as a whole",
    "UPDATE sync_runs SET status = 'failed', error = 'no such key'; UPDATE sync_run_resources SET status = 'failed', error = 'no such key'",
    new RegExp(`${names().join(", ")}: the last sync failed: no such key$`),
    again,
  ],
  [
    "a truncated listing",
    "UPDATE sync_run_resources SET status = 'truncated' WHERE resource = 'plans'",
    /plans: the last sync was truncated: /,
    again,
  ],
  [
    "a listing beyond the delete limit",
    "UPDATE sync_run_resources SET status = 'delete_limit' WHERE resource = 'plans'",
    /plans: the last sync exceeded the delete limit: /,
    /sync --accept-deletes/,
  ],
  [
    "records that did not validate",
    `INSERT INTO rejected_records (account, resource, key, run_id, reason, json, first_seen_at) VALUES ('default', 'plans', 'a', 1, 'r', '{}', ${ago}), ('default', 'plans', 'b', 1, 'r', '{}', ${ago})`,
    /plans: 2 records did not validate: their rows are missing or older than in ChartMogul$/,
    /rejected_records\. Install a newer version, or report it\.$/m,
  ],
])("%s: a fault that says what to do", async (_what, sql, expected, hint) => {
  const { runHere, warehouse } = await syncedScene();
  const addTwin = twinOf(warehouse);
  damage(warehouse, sql);
  // What another account has must not hide it.
  addTwin();
  const { code, stdout, stderr } = await runHere(["verify"]);
  expect(stdout).toMatch(new RegExp(`^FAULT default ${expected.source}`, "m"));
  expect(stdout).toMatch(hint);
  expect(stderr).toBe("");
  expect(code).toBe(1);
});

test("an account with the same identifiers in which everything is wrong causes no fault of another", async () => {
  const { runHere, warehouse } = await syncedScene();
  const { stdout: before } = await runHere(["verify"]);
  twinOf(warehouse)();
  const wrong = [
    "DELETE FROM raw_records WHERE @ AND resource IN ('plans', 'invoices') AND rowid % 2",
    "DELETE FROM customers WHERE @ AND rowid % 3 = 0",
    "UPDATE customers SET mrr_in_cents = 7, name = 'Twin' WHERE @ AND rowid % 3 = 1",
    "UPDATE customers SET deleted_at = '2025-01-01 00:00:00' WHERE @ AND rowid % 3 = 2",
    "UPDATE subscriptions SET mrr_in_cents = mrr_in_cents * 3, plan = 'Twin' WHERE @",
    "UPDATE activities SET activity_mrr_movement_in_cents = 1 WHERE @",
    "DELETE FROM daily_metrics WHERE @ AND date LIKE '%-05'",
    "UPDATE daily_metrics SET mrr_in_cents = mrr_in_cents * 2, customers = 99 WHERE @ AND date LIKE '%-1_'",
    "INSERT INTO sync_tombstones (account, resource, key, deleted_at) SELECT 'twin', resource, key || 'x', '2025-01-01 00:00:00' FROM raw_records WHERE account = 'default'",
    "UPDATE sync_runs SET status = 'failed', error = 'no' WHERE @",
    "UPDATE sync_run_resources SET status = 'failed', error = 'no' WHERE @",
    "INSERT INTO rejected_records (account, resource, key, run_id, reason, json, first_seen_at) VALUES ('twin', 'plans', 'a', 1, 'r', '{}', '2025-01-01 00:00:00')",
    "UPDATE raw_records SET resource = 'jars' WHERE @ AND resource = 'contacts'",
  ];
  damage(warehouse, wrong.map((sql) => sql.replace("@", "account = 'twin'")).join(";"));
  const { code, stdout } = await runHere(["verify"]);
  expect(code).toBe(0);
  expect(stdout).toBe(before);
});

test("rebuild mends every fault whose hint names it", async () => {
  const { runHere, warehouse } = await syncedScene();
  const before = contents(warehouse);
  damage(
    warehouse,
    `DELETE FROM plans WHERE rowid = (SELECT max(rowid) FROM plans); UPDATE plans SET name = 'Else'; UPDATE customers SET merged_into = 'cus_x', mrr_in_cents = 'much';
     DELETE FROM invoice_line_items WHERE position = 0; UPDATE invoice_line_items SET deleted_at = ${ago};
     UPDATE invoices SET deleted_at = ${ago}, synced_at = ${ago}; UPDATE daily_metrics SET mrr_in_cents = 1;
     INSERT INTO invoice_transactions (account, invoice_uuid, position) SELECT account, uuid, 7 FROM invoices;
     INSERT INTO invoice_transactions (account, invoice_uuid, position) VALUES ('default', 'inv_nowhere', 0);
     DELETE FROM customer_tags; UPDATE customer_attributes SET name = name || 'x'; UPDATE accounts SET name = 'Else';
     UPDATE subscriptions SET status = 'active', deleted_at = ${ago}`,
  );
  const damaged = await runHere(["verify"]);
  expect(damaged.code).toBe(1);
  const rebuilt = await runHere(["rebuild"]);
  expect(rebuilt.code).toBe(0);
  expect(contents(warehouse)).toEqual(before);
  const { code, stdout } = await runHere(["verify"]);
  expect(stdout).toMatch(/, 0 warnings, 0 faults$/m);
  expect(code).toBe(0);
});

test("a subscription may have been read again after it was received, but not before", async () => {
  const { runHere, warehouse } = await syncedScene();
  damage(warehouse, "UPDATE subscriptions SET synced_at = datetime(synced_at, '+1 day')");
  expect((await runHere(["verify"])).stdout).toMatch(/, 0 warnings, 0 faults$/m);
  damage(warehouse, "UPDATE subscriptions SET synced_at = datetime(synced_at, '-2 days')");
  expect((await runHere(["verify"])).stdout).toMatch(
    /^FAULT default subscriptions: .* synced_at should be /m,
  );
});

test("an activity that is not there is a warning that names its day", async () => {
  const { runHere, warehouse } = await syncedScene();
  expect((await runHere(["verify"])).stdout).toMatch(
    /^ok +default activities: the activities of \d+ days add up to/m,
  );
  damage(
    warehouse,
    `DELETE FROM raw_records WHERE resource = 'activities' AND key = (SELECT max(uuid) FROM activities);
     DELETE FROM activities WHERE uuid = (SELECT max(uuid) FROM activities)`,
  );
  const { code, stdout } = await runHere(["verify"]);
  expect(stdout).toMatch(
    /^warn +default activities: on 1 of \d+ days the activities do not add up to the movements, last on \d{4}-\d\d-\d\d: .*sync --full/m,
  );
  expect(code).toBe(0);
});

describe("what verify prints", () => {
  test("names five of many rows, counts the rest, and gives a hint once, behind everything that agrees", async () => {
    const { runHere, warehouse } = await syncedScene();
    damage(warehouse, "UPDATE plans SET name = 'Something else'; DELETE FROM customer_tags");
    const { stdout } = await runHere(["verify"]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => /default plans: pl_/.test(line))).toHaveLength(5);
    expect(stdout).toMatch(/^FAULT default plans: \.\.\. and \d+ more$/m);
    expect(lines.filter((line) => line.includes("Run `rebuild`"))).toHaveLength(1);
    const outcomes = lines
      .map((line) => line.slice(0, 5).trim())
      .filter((word) => ["ok", "warn", "FAULT"].includes(word));
    expect(outcomes.lastIndexOf("ok")).toBeLessThan(outcomes.indexOf("FAULT"));
    expect(lines.at(-1)).toMatch(/^\d+ comparisons agree, 0 warnings, \d+ faults$/);
  });

  test("has the hints in JSON, too, and counts in the singular", async () => {
    const { runHere, warehouse } = await syncedScene();
    damage(
      warehouse,
      "UPDATE sync_run_resources SET status = 'truncated' WHERE resource = 'plans'; INSERT INTO raw_records SELECT account, 'parrots', key, hash, compression_dictionary, record, first_seen_at, changed_at, list_order FROM raw_records WHERE resource = 'account'",
    );
    const json = await runHere(["verify", "--json"]);
    const findings = JSON.parse(json.stdout) as { outcome: string; hint?: string }[];
    expect(findings.filter(({ outcome }) => outcome === "fault")).toEqual([
      expect.objectContaining({ subject: "plans", hint: "Run `sync`, and read what it reports." }),
    ]);
    const words = await runHere(["verify"]);
    expect(words.stdout).toMatch(
      /^warn +default raw_records: 1 record of "parrots", a resource that this version does not know$/m,
    );
    expect(words.stdout).toMatch(/^\d+ comparisons agree, 1 warning, 1 fault$/m);
  });

  test("says of children without a parent once that they have none", async () => {
    const { runHere, warehouse } = await syncedScene();
    damage(
      warehouse,
      "UPDATE invoice_line_items SET invoice_uuid = 'inv_nowhere' WHERE invoice_uuid = (SELECT min(invoice_uuid) FROM invoice_line_items)",
    );
    const { stdout } = await runHere(["verify"]);
    expect(stdout.match(/^.*default invoice_line_items: .*$/gm)).toHaveLength(1);
  });
});

describe("what is innocent", () => {
  test("what has changed in ChartMogul since the sync is a warning with both figures, and no fault", async () => {
    const { runHere, worlds } = await syncedScene();
    const [world = tiny()] = worlds;
    const gone = world.customers.find(({ mrr }) => mrr > 0)?.uuid ?? "";
    for (const plan of world.plans.slice(0, 8)) plan.name = "Renamed since";
    deleteCustomer(world, gone);
    const { code, stdout } = await runHere(["verify", "--deep"]);
    expect(stdout).toMatch(
      /^warn +default customers: 15 live rows, 14 in ChartMogul; they may have changed/m,
    );
    expect(stdout).toMatch(
      /^warn +default MRR: customers add up to .+, ChartMogul says .+; it said .+ at the sync/m,
    );
    expect(stdout).toMatch(
      /^warn +default plans: pl_\S+: name is stored as ".+", ChartMogul says "Renamed since"$/m,
    );
    expect(stdout).toContain(`${gone}: stored but no longer in ChartMogul`);
    expect(stdout).toMatch(
      /^warn +default customers: 15 records read again, 1 of them differs; they may have/m,
    );
    expect(
      stdout.match(/^warn +default subscriptions: cus_\S+: stored but no longer in ChartMogul$/gm),
    ).not.toBeNull();
    expect(stdout).toMatch(/, 0 faults$/m);
    expect(code).toBe(0);
  });

  test("past days for which ChartMogul has other values now are a warning without --deep, too", async () => {
    const { runHere, worlds } = await syncedScene();
    const [world = tiny()] = worlds;
    const first = world.customers.find(({ mrr }) => mrr > 0)?.uuid ?? "";
    keepCustomers(world, ({ uuid }) => uuid === first);
    const { stdout } = await runHere(["verify"]);
    expect(stdout).toMatch(
      /^warn +default daily_metrics: \w+ of \d{4}-\d\d-\d\d is stored as \S+, ChartMogul says \S+; it may have changed since the sync$/m,
    );
  });

  test.each<[string, (world: World) => void]>([
    ["an account without a customer", (world) => keepCustomers(world, () => false)],
    ["an account with leads only", (world) => keepCustomers(world, ({ status }) => status.endsWith("Lead"))],
    [
      "a name that was cut within a character, and one that is empty",
      (world) => {
        const [one, other] = world.plans;
        Object.assign(one ?? {}, { name: "cut \ud83d" });
        Object.assign(other ?? {}, { name: "" });
      },
    ],
  ])("%s", async (_what, edit) => {
    const world = tiny();
    edit(world);
    const { runHere } = await sceneHere(world);
    expect((await runHere(["sync"])).code).toBe(0);
    const { code, stdout } = await runHere(["verify", "--deep"]);
    expect(stdout).toMatch(/, 0 warnings, 0 faults$/m);
    expect(code).toBe(0);
  });

  test("a customer that was deleted, once a sync has marked it", async () => {
    const { runHere, worlds } = await syncedScene();
    const [world = tiny()] = worlds;
    deleteCustomer(world, world.customers[0]?.uuid ?? "");
    expect((await runHere(["sync"])).code).toBe(0);
    const { code, stdout } = await runHere(["verify", "--deep"]);
    expect(stdout).toMatch(/^ok +default customers: 15 records stored as received, 1 of them deleted$/m);
    expect(stdout).toMatch(/, 0 warnings, 0 faults$/m);
    expect(code).toBe(0);
  });

  test("a sync that is running is a warning, as long as it is", async () => {
    const { run, warehouse } = await syncedScene();
    damage(
      warehouse,
      `UPDATE sync_runs SET status = 'running', finished_at = NULL, process_id = ${process.pid}`,
    );
    const lock = new Database(`${warehouse}.lock`);
    lock.exec("BEGIN EXCLUSIVE");
    const running = await run(["verify"]);
    lock.close();
    expect(running.stdout).toMatch(/^warn +default sync: a sync is running since .+ UTC \(process \d+\): /m);
    expect(running.code).toBe(0);
    const cutOff = await run(["verify"]);
    expect(cutOff.stdout).toMatch(
      /^FAULT default sync: the last sync was interrupted: .+ is no longer syncing$/m,
    );
    expect(cutOff.code).toBe(1);
  });
});

test("subscriptions that add up to something else than their customers are a warning with both figures", async () => {
  const world = tiny();
  const [subscription] = [...world.subscriptions.values()].flat().filter(({ status }) => status === "active");
  Object.assign(subscription ?? {}, { mrr: 1_000_000 });
  const { runHere } = await sceneHere(world);
  expect((await runHere(["sync"])).code).toBe(0);
  const { code, stdout } = await runHere(["verify"]);
  expect(stdout).toMatch(
    /^warn +default subscriptions: active subscriptions add up to 1\d,\d{3}\.\d\d MRR, customers to \d+\.\d\d; /m,
  );
  expect(code).toBe(0);
});

test("a ChartMogul that has most of what is stored no more, or something else, is a fault", async () => {
  const { runHere, worlds } = await syncedScene();
  const [world = tiny()] = worlds;
  for (const plan of world.plans) plan.uuid = `${plan.uuid}-other`;
  keepCustomers(world, () => false);
  const { code, stdout } = await runHere(["verify", "--sample", "12"]);
  expect(stdout).toMatch(
    /^FAULT default plans: 12 records read again, 12 of them differ: 12 stored but no longer in ChartMogul, 0 in/m,
  );
  expect(stdout).toMatch(/^warn +default plans: \.\.\. and 7 more$/m);
  expect(stdout).toMatch(/^FAULT default invoices: \d+ live rows, 0 in ChartMogul$/m);
  expect(stdout).toMatch(/^ +Check that the API key belongs to the account/m);
  expect(code).toBe(1);
});

test("a record that an older version took and this one does not is a fault that says so", async () => {
  const { runHere, warehouse } = await syncedScene();
  const open = openWarehouse(warehouse);
  const key = String(open.sqlite.prepare("SELECT min(uuid) FROM customers").pluck().get());
  const json = JSON.stringify({ uuid: key });
  const writer = openRecordWriter(open, "default", customers, () => new Date());
  const { hash, bytes } = writer.pack({ key, json, hash: hashRecord(json, customers.version) });
  open.sqlite.prepare("UPDATE raw_records SET hash = ?, record = ? WHERE key = ?").run(hash, bytes, key);
  open.close();
  const { code, stdout } = await runHere(["verify"]);
  expect(stdout).toMatch(/^FAULT default customers: 1 of \d+ records cannot be mapped by this version$/m);
  expect(stdout).toMatch(new RegExp(`^FAULT default customers: ${key}: customer-since: `, "m"));
  expect(stdout).toMatch(/^ +Install the version that stored it/m);
  expect(code).toBe(1);
});

test("resources that were never synced, records that did not validate and an unreachable ChartMogul are faults", async () => {
  const world = tiny();
  const { runHere, sandbox, warehouse: path } = await sceneHere(world);
  const [customer] = world.customers;
  Object.assign(customer ?? {}, { mrr: "much" });
  expect((await runHere(["sync", "--only", "customers"])).code).toBe(1);
  const { code, stdout } = await runHere(["verify"]);
  expect(code).toBe(1);
  expect(stdout).toMatch(new RegExp(`^FAULT default ${names("customers").join(", ")}: never synced$`, "m"));
  expect(stdout).toMatch(
    /^FAULT default customers: 1 record did not validate: its row is missing or older than/m,
  );
  expect(stdout).toMatch(/^warn +default customers: 14 live rows, 15 in ChartMogul/m);
  expect(stdout).toMatch(/, 1 warning, 2 faults$/m);
  const { terminal, all } = collected();
  const { signal } = new AbortController();
  // The command waits much longer for a host that does not answer.
  const api = connectTo({ ...sandbox, url: await deadUrl() }, world);
  const accounts = [{ name: world.name, api }];
  expect(await runVerify({ path, accounts, sampleSize: 0, json: false, signal }, terminal)).toBe(1);
  const unreachable = all();
  expect(unreachable.stdout.match(/^FAULT default ChartMogul: no answer from ChartMogul/gm)).toHaveLength(1);
  expect(unreachable.stdout).toMatch(/^ +Check the network, CHARTMOGUL_API_URL/m);
});

test("a key that ChartMogul refuses and an account that was never synced are one fault each", async () => {
  const { run, runHere } = await syncedScene();
  const refused = await runHere(["verify", "--deep"], { CHARTMOGUL_API_KEY: "mistyped-key" });
  expect(refused.stdout).toMatch(/^FAULT default ChartMogul: ChartMogul answered GET \/\S+ with 401/m);
  expect(refused.stdout).toMatch(/, 0 warnings, 1 fault$/m);
  const added = await run(["verify", "--account", "harbor"], { CHARTMOGUL_API_KEY_HARBOR: "another-key" });
  expect(added.stdout).toBe(
    "FAULT harbor sync: the account was never synced\n      Run `sync`, and read what it reports.\n0 comparisons agree, 0 warnings, 1 fault\n",
  );
  expect(added.code).toBe(1);
});

test("a signal stops it: the findings so far are printed, and it fails", async () => {
  const front = await syncedScene();
  const { url, reached } = await holding(front, /plans/);
  const running = front.start(["verify"], { CHARTMOGUL_API_URL: url });
  await reached;
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  expect(stdout).toMatch(/^ok +default plans: \d+ records stored as received/m);
  expect(stdout).toMatch(/, 0 warnings, 0 faults$/m);
  expect(stderr).toBe("stopped before the end; the findings are incomplete\n");
  expect(code).toBe(1);
});

test("without a warehouse or with a wrong sample it says what is wrong", async () => {
  const { run, runHere } = await sceneHere();
  const missing = await runHere(["verify"]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("there is no warehouse at");
  const wrong = await run(["verify", "--deep", "--sample", "0"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("Use a whole number from 1.");
});
