import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../src/sandbox/faults.ts";
import { contents, tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

/** A listing whose requests get this status. */
const refused = (path: string, status = 403): Fault => ({ path, what: { kind: "status", status } });

const outcomes = (stdout: string) =>
  Object.fromEntries(
    (JSON.parse(stdout) as { resource: string; status: string }[]).map((each) => [
      each.resource,
      each.status,
    ]),
  );

describe("a listing that the key may not read", () => {
  test("fails no sync: it is published, and sync, status and check say what to do", async () => {
    const here = await syncedScene();
    const { runHere, sandbox, folder } = here;
    const rows = here.value("SELECT count(*) FROM opportunities WHERE deleted_at IS NULL");
    sandbox.faults.push(refused("^/v1/(opportunities|tasks)"));
    for (const _sync of [1, 2]) {
      const sync = await runHere(["sync"], { WAREHOUSE_PUBLISH_PATH: "published.db" });
      expect(sync.code).toBe(0);
      expect(sync.stdout).toMatch(/^default +opportunities +not_allowed +0 /m);
      expect(sync.stderr.match(/may not read/g)).toHaveLength(1);
      expect(sync.stderr).toMatch(
        /WARN .*the API key may not read opportunities, tasks .*SYNC_SKIP=opportunities,tasks/i,
      );
    }
    expect(existsSync(join(folder, "published.db"))).toBe(true);
    expect(here.value("SELECT count(*) FROM opportunities WHERE deleted_at IS NULL")).toBe(rows);

    const status = await runHere(["status", "--max-age", "1000"]);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^default +opportunities .* not_allowed /m);
    expect(status.stdout.match(/may not read/g)).toHaveLength(1);
    expect(status.stdout).toMatch(
      /^default opportunities, tasks: the API key may not read them .*CRM seat.*SYNC_SKIP=opportunities,tasks\.$/m,
    );

    const check = await runHere(["check"]);
    expect(check.code).toBe(0);
    expect(check.stdout).toMatch(/^ok {4}account default: .*customers, subscriptions/m);
    expect(check.stdout.match(/may not read/g)).toHaveLength(1);
    expect(check.stdout).toMatch(/^warn {2}account default: the API key may not read opportunities, tasks/m);
    expect(check.stdout).toMatch(/^ {6}.*CRM seat.*SYNC_SKIP=opportunities,tasks/m);

    const verify = await runHere(["verify"]);
    expect(verify.stdout).toMatch(/^warn {2}default opportunities, tasks: the API key may not read/m);
    expect(verify).toMatchObject({ code: 0 });
    expect(here.value("SELECT last_status FROM freshness WHERE table_name = 'tasks'")).toBe("not_allowed");
    expect(here.value("SELECT max(summaries_refreshed_at) FROM freshness")).not.toBeNull();

    const changes = await runHere(["changes"]);
    expect(changes.stdout.replace(/\s+/g, " ")).toContain(
      "opportunities, tasks: the API key may not read them; changes up to",
    );
    expect((await runHere(["report"])).code).toBe(0);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain(
      "Everything except opportunities, tasks was last read",
    );
  });

  test("does not get too old, however long it stays so, and the others do", async () => {
    const { runHere, sandbox, warehouse } = await syncedScene();
    sandbox.faults.push(refused("^/v1/opportunities"));
    expect((await runHere(["sync"])).code).toBe(0);
    const sqlite = new Database(warehouse);
    sqlite.exec(
      "UPDATE sync_run_resources SET walk_started_at = datetime('now', '-9 days') WHERE resource = 'opportunities'",
    );
    sqlite.close();
    expect((await runHere(["status", "--max-age", "36"])).code).toBe(0);
  });

  test("is a failure where all are refused: nothing is published", async () => {
    const { runHere, sandbox, folder } = await syncedScene();
    sandbox.faults.push(refused("^/v1/(?!account|ping)"));
    const sync = await runHere(["sync", "--json"], { WAREHOUSE_PUBLISH_PATH: "published.db" });
    expect(sync.code).toBe(1);
    expect(existsSync(join(folder, "published.db"))).toBe(false);
    expect((await runHere(["status"])).code).toBe(1);
    const check = await runHere(["check"]);
    expect(check.code).toBe(1);
    expect(check.stdout).toMatch(/^FAULT account default.*403/m);
  });
});

describe("check", () => {
  test("requests one record of each listing; of a child resource, from the listing of one customer", async () => {
    const { runHere, sandbox, folder } = await sceneHere();
    const { code, stdout } = await runHere(["check"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ok {4}account default: .*account, data_sources, plans, .*, subscriptions, .*, daily_metrics, period_metrics$/m,
    );
    const asked = sandbox.requests.map(({ path, query }) => `${path.replace("/v1/", "")}?${query}`);
    for (const list of ["invoices", "contacts", "notes", "plans", "activities"])
      expect(asked.filter((each) => new RegExp(`^${list}\\?.*per_page=1(&|$)`).test(each))).toHaveLength(1);
    expect(asked.filter((each) => /^customers\/[^/]+\/subscriptions/.test(each))).toHaveLength(1);
    expect(asked.filter((each) => /per_page=(?!1(&|$))/.test(each))).toEqual([]);
    expect(existsSync(join(folder, "warehouse.db"))).toBe(false);
  });

  test("names each listing that fails, with its fault", async () => {
    const { runHere, sandbox } = await sceneHere(tiny(), tiny("harbor"));
    sandbox.faults.push(
      { ...refused("^/v1/tasks", 404), account: "harbor" },
      { ...refused("^/v1/invoices", 500), account: "harbor" },
      { ...refused("^/v1/notes"), account: "harbor" },
    );
    const { code, stdout } = await runHere(["check"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAULT account harbor, tasks: ChartMogul answered GET \/tasks with 404.*\n {6}.*SYNC_SKIP/m,
    );
    expect(stdout).toMatch(/^FAULT account harbor, invoices: ChartMogul answered GET \/invoices with 500/m);
    expect(stdout).toMatch(/^warn {2}account harbor: the API key may not read notes/m);
    expect(stdout).toMatch(/^ok {4}account default: .*tasks/m);
  });

  test("does not request a skipped resource, and says so", async () => {
    const { runHere, sandbox } = await sceneHere();
    sandbox.faults.push(refused("^/v1/(opportunities|customers)", 500));
    const { code, stdout } = await runHere(["check"], {
      SYNC_SKIP: "customers,opportunities,daily_metrics,period_metrics",
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ok {4}skipped: customers, subscriptions, opportunities, daily_metrics, period_metrics$/m,
    );
    const wrong = await runHere(["check"], { SYNC_SKIP: "oportunities" });
    expect(wrong.code).toBe(2);
  });
});

describe("a skipped resource", () => {
  const args = {
    "by a setting": [["sync", "--json"], { SYNC_SKIP: "opportunities, tasks" }],
    "by an option": [["sync", "--json", "--skip", "opportunities", "--skip", "tasks"], {}],
    "by one option": [["sync", "--json", "--skip", "opportunities,tasks"], {}],
    "by both": [["sync", "--json", "--skip", "tasks"], { SYNC_SKIP: "opportunities" }],
  } as const;

  test.each(Object.entries(args))(
    "%s is not requested, keeps its rows and fails nothing",
    async (_how, [words, env]) => {
      const here = await syncedScene();
      const { runHere, sandbox, worlds, warehouse, folder } = here;
      const before = contents(warehouse);
      worlds[0]?.opportunities.splice(0, 1);
      worlds[0]?.tasks.splice(0);
      sandbox.requests.length = 0;
      sandbox.faults.push(refused("^/v1/(opportunities|tasks)", 500));
      const sync = await runHere(words, { ...env, WAREHOUSE_PUBLISH_PATH: "published.db" });
      expect(sync.code).toBe(0);
      expect(outcomes(sync.stdout)).toMatchObject({
        ...{ opportunities: "skipped", tasks: "skipped", notes: "complete" },
      });
      expect(sync.stderr).toMatch(/sync begins .*skipped=opportunities,tasks/);
      expect(sandbox.requests.filter(({ path }) => /opportunities|tasks/.test(path))).toEqual([]);
      for (const table of ["opportunities", "tasks"])
        expect(contents(warehouse)[table]).toEqual(before[table]);
      expect(existsSync(join(folder, "published.db"))).toBe(true);
    },
  );

  test("is named by status, freshness, verify and changes until it is read again", async () => {
    const here = await syncedScene();
    const { runHere, worlds } = here;
    worlds[0]?.tasks.splice(0);
    await runHere(["sync", "--skip", "opportunities,tasks"]);
    const status = await runHere(["status", "--max-age", "36"]);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^default opportunities, tasks: skipped/m);
    expect(here.value("SELECT last_status FROM freshness WHERE table_name = 'tasks'")).toBe("skipped");
    const verify = await runHere(["verify", "--deep"]);
    expect(verify.stdout).toMatch(/^ok {4}default opportunities, tasks: skipped; the stored/m);
    expect(verify).toMatchObject({ code: 0 });
    const changes = await runHere(["changes"]);
    expect(changes.stdout.replace(/\s+/g, " ")).toContain("opportunities, tasks: skipped by the last sync");

    expect((await runHere(["sync"])).code).toBe(0);
    expect(here.value("SELECT count(*) FROM tasks WHERE deleted_at IS NULL")).toBe(0);
    expect((await runHere(["status"])).stdout).not.toContain("skipped");
  });

  test("takes its child resources along", async () => {
    const { runHere, sandbox } = await sceneHere();
    const { code, stdout } = await runHere(["sync", "--json", "--skip", "customers"]);
    expect(code).toBe(0);
    expect(outcomes(stdout)).toMatchObject({ customers: "skipped", subscriptions: "skipped" });
    expect(sandbox.requests.filter(({ path }) => /^\/v1\/customers\//.test(path))).toEqual([]);
  });

  test("may be a child resource alone: its parent is read", async () => {
    const { runHere } = await sceneHere();
    const { stdout } = await runHere(["sync", "--json", "--skip", "subscriptions"]);
    expect(outcomes(stdout)).toMatchObject({ customers: "complete", subscriptions: "skipped" });
  });

  test("by SYNC_SKIP is read where --only names it", async () => {
    const { runHere } = await sceneHere();
    const skipping = { SYNC_SKIP: "tasks,customers,notes" };
    const tasks = await runHere(["sync", "--json", "--only", "tasks"], skipping);
    expect(outcomes(tasks.stdout)).toEqual({
      ...{ tasks: "complete", customers: "skipped", subscriptions: "skipped", notes: "skipped" },
    });
    const subscriptions = await runHere(["sync", "--json", "--only", "subscriptions"], skipping);
    expect(outcomes(subscriptions.stdout)).toMatchObject({
      customers: "complete",
      subscriptions: "complete",
    });
  });

  test("must exist, and something must be left to sync", async () => {
    const { runHere, folder } = await sceneHere();
    const [flag, setting, nothing, scheduled] = await Promise.all([
      runHere(["sync", "--skip", "oportunities"]),
      runHere(["sync"], { SYNC_SKIP: "tasks,oportunities" }),
      runHere(["sync", "--only", "subscriptions", "--skip", "customers"]),
      runHere(["schedule"], { SYNC_SKIP: "oportunities" }),
    ]);
    for (const { code, stderr } of [flag, setting, nothing, scheduled]) {
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
    }
    expect(flag.stderr).toContain('there is no resource "oportunities"');
    expect(setting.stderr).toContain('there is no resource "oportunities" (SYNC_SKIP)');
    expect(nothing.stderr).toContain("nothing is left to sync");
    expect(existsSync(join(folder, "warehouse.db"))).toBe(false);
  });

  test.each([
    [["--only", "plans", "--only", "customers"], { plans: "complete", customers: "complete" }],
    [
      ["--skip", "tasks,invoices", "--only", "plans,tasks"],
      { invoices: "skipped", plans: "complete", tasks: "skipped" },
    ],
  ])("or read alone, by a schedule too: %j", async (args, expected) => {
    const here = await sceneHere();
    const schedule = here.start(["schedule", "--now", ...args]);
    await schedule.seen("plans  ");
    await schedule.seen("sync ended");
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).toBe(0);
    const rows = here.rows("SELECT resource, status FROM sync_run_resources");
    expect(Object.fromEntries(rows.map(({ resource, status }) => [resource, status]))).toEqual(expected);
  });

  test("does not hide by --only what failed before", async () => {
    const { runHere, sandbox } = await syncedScene();
    sandbox.faults.push(refused("^/v1/invoices", 422));
    expect((await runHere(["sync"])).code).toBe(1);
    expect((await runHere(["sync", "--only", "plans"])).code).toBe(0);
    expect((await runHere(["status"])).code).toBe(1);
  });
});
