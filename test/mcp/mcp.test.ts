import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { functions } from "../../src/functions/index.ts";
import { bytesIn, scene, tiny } from "../commands/scene.ts";
import { syncedScene } from "../commands/scene-here.ts";
import { agent } from "../support/agent.ts";
import { childrenOf } from "../support/processes.ts";
import { runHere } from "../support/run-here.ts";

const names = [...Object.keys(functions), "query", "describe_tables", "sync_status"];

/** A synced warehouse and an agent that asks it. */
async function synced(...args: string[]) {
  const here = await syncedScene();
  return { ...here, ...(await agent(args, { cwd: here.folder, env: here.environment })) };
}

const endless = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)";

test("an agent finds the seven functions and three tools more, each read-only and with every parameter explained", async () => {
  const here = await scene();
  const { client } = await agent([], { cwd: here.folder, env: here.environment });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(names);
  for (const { name, description, annotations, inputSchema } of tools) {
    expect(description, name).toMatch(/\w{3,}.*\.$/s);
    expect(annotations).toMatchObject({ readOnlyHint: true });
    expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    for (const [parameter, schema] of Object.entries(inputSchema.properties ?? {})) {
      expect(schema, `${name} ${parameter}`).toMatchObject({
        type: expect.any(String),
        description: expect.any(String),
      });
    }
  }
  expect(client.getInstructions()).toMatch(/hundredths.*deleted_at IS NULL/s);
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(client.getServerVersion()).toEqual({ name: "chartmogul-warehouse", version });
});

test("every tool gives what the command line prints", async () => {
  const { ask, folder, environment } = await synced();
  const surroundings = { cwd: folder, env: environment };
  const range = { start_date: "2025-01-01", end_date: "2025-03-31" };
  const asked: [string, Record<string, unknown>, string[]][] = [
    ["list_customers", { per_page: 3, status: "active" }, ["--per_page", "3", "--status", "active"]],
    ["list_subscriptions", { page: 2 }, ["--page", "2"]],
    ["list_plans", {}, []],
    ["list_invoices", { per_page: 2 }, ["--per-page", "2"]],
    ["get_metrics", range, ["--start_date", range.start_date, "--end-date", range.end_date]],
    ["get_current_user", { live: false }, ["--no-live"]],
  ];
  for (const [name, given, args] of asked) {
    const [result, printed] = await Promise.all([
      ask(name, given),
      runHere(["call", name, ...args], surroundings),
    ]);
    expect(printed, name).toMatchObject({ code: 0, stderr: "" });
    expect(result.body, name).toEqual(JSON.parse(printed.stdout));
  }
  const status = await runHere(["status", "--json"], surroundings);
  const withoutAge = (text: string) => text.replaceAll(/"(complete_)?age_seconds": ?\d+/g, "");
  expect(withoutAge((await ask("sync_status")).text)).toBe(
    withoutAge(JSON.stringify(JSON.parse(status.stdout))),
  );
});

test("query runs one SELECT, and says where its result was cut by rows or by size", async () => {
  const { ask } = await synced("--rows", "5", "--kilobytes", "2");
  const count = await ask("query", { sql: "SELECT count(*) AS customers, x'beef' AS bytes FROM customers" });
  expect(count.body).toEqual({ columns: ["customers", "bytes"], rows: [[15, "x'beef'"]] });
  const rows = await ask("query", { sql: "SELECT uuid FROM invoices" });
  expect(rows.body).toMatchObject({ rows: { length: 5 }, note: expect.stringContaining("cut at 5 rows") });
  const five = await ask("query", { sql: "SELECT uuid FROM invoices LIMIT 5" });
  expect(five.body).not.toHaveProperty("note");
  const size = await ask("query", { sql: "SELECT printf('%.1500c', 'x') FROM invoices" });
  expect(size.body).toMatchObject({ rows: { length: 1 }, note: expect.stringContaining("cut at 2 kB") });
  const endlessRows = await ask("query", { sql: `${endless} SELECT n FROM counted` });
  expect(endlessRows.body).toMatchObject({ rows: [[1], [2], [3], [4], [5]] });
});

test("a query that never ends is stopped in time, other calls work meanwhile, and the server continues", async () => {
  const { ask, processId } = await synced("--seconds", "1");
  const began = performance.now();
  const [stopped, other] = await Promise.all([
    ask("query", { sql: `${endless} SELECT count(*) FROM counted` }),
    ask("list_plans", { per_page: 1 }).then((result) => ({ result, after: performance.now() - began })),
  ]);
  expect(stopped).toMatchObject({ isError: true });
  expect(stopped.text).toMatch(/^error: the query did not end within 1 s, and was stopped\nhint: .+$/);
  expect(other.result.isError).toBe(false);
  expect(other.after).toBeLessThan(1000);
  expect((await ask("query", { sql: "SELECT 1 AS one" })).body).toEqual({ columns: ["one"], rows: [[1]] });
  expect(childrenOf(processId)).toEqual([]);
});

test("whatever is not one statement that reads is refused with a hint, nothing is changed, and the server continues", async () => {
  const { ask, folder } = await synced();
  const onlyReading = /only statements that read are allowed/;
  const refused: [string, RegExp][] = [
    ["DELETE FROM customers", onlyReading],
    ["UPDATE customers SET name = '' RETURNING *", onlyReading],
    ["INSERT INTO plans SELECT * FROM plans RETURNING 1", onlyReading],
    ["CREATE TEMP TABLE jars (label)", onlyReading],
    ["ATTACH DATABASE 'second.db' AS second", onlyReading],
    ["VACUUM INTO 'copy.db'", onlyReading],
    ["PRAGMA user_version = 99", onlyReading],
    ["PRAGMA journal_mode = WAL", onlyReading],
    ["PRAGMA writable_schema = 1", onlyReading],
    ["BEGIN EXCLUSIVE", onlyReading],
    ["SELECT load_extension('x')", /not authorized/],
    ["SELECT writefile('x', 'y')", /no such function/],
    ["SELECT 1; DROP TABLE customers", /more than one statement/],
    ["SELECT * FROM jar", /no such table/],
    ["-- nothing", /SQL: /],
    ["", /sql is empty/],
  ];
  const before = bytesIn(folder);
  const results = await Promise.all(refused.map(([sql]) => ask("query", { sql })));
  for (const [index, [sql, reason]] of refused.entries()) {
    const result = results[index];
    expect(result, sql).toMatchObject({ isError: true });
    expect(result?.text, sql).toMatch(reason);
    expect(result?.text, sql).toMatch(/\nhint: .+/);
  }
  expect(bytesIn(folder)).toEqual(before);
  expect((await ask("query", { sql: "PRAGMA table_info(plans)" })).isError).toBe(false);
});

test("wrong input to a tool is an error that names it and says what there is, and the server continues", async () => {
  const { ask, sandbox } = await synced();
  sandbox.requests.length = 0;
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ["list_customers", { per_page: 0 }, /^error: per_page is not between 1 and 200: 0\nhint: /],
    ["list_customers", { per_page: 500 }, /^error: per_page is not between 1 and 200: 500/],
    ["list_customers", { per_page: "50" }, /^error: per_page is not a number: "50"/],
    ["list_customers", { page: 0 }, /^error: page is not a page number from 1: 0/],
    ["list_customers", { status: "happy" }, /^error: status is not one of Active, Past Due, Cancelled/],
    [
      "list_plans",
      { limit: 10 },
      /^error: list_plans has no parameter "limit"\nhint: It has: per_page, page, cursor, live/,
    ],
    [
      "list_plans",
      { account: "harbor" },
      /^error: there is no account "harbor".*\nhint: There is: default\./,
    ],
    ["list_plans", { account: 7 }, /^error: account is not a text: 7/],
    ["list_plans", { cursor: "bm9uZQ" }, /^error: unknown cursor/],
    ["list_invoices", { customer_uuid: "42" }, /^error: customer_uuid does not begin with cus_: "42"/],
    ["list_subscriptions", { live: true }, /^error: .*customer_uuid is missing\nhint: .*leave out live/],
    ["get_customer", {}, /^error: id is missing/],
    ["get_customer", { id: "cus_nobody" }, /^error: there is no customer "cus_nobody"/],
    ["get_metrics", { start_date: "2025-02-30", end_date: "2025-03-01" }, /^error: start_date is not a day/],
    ["describe_tables", { table: "jars" }, /^error: there is no table "jars"\nhint: There are: accounts, /],
    ["sync_status", { verbose: true }, /^error: sync_status has no parameter "verbose"/],
    ["drop_everything", {}, /^error: there is no tool "drop_everything"\nhint: There are: list_customers/],
  ];
  for (const [name, given, text] of wrong) {
    const result = await ask(name, given);
    expect(result, name).toMatchObject({ isError: true, text: expect.stringMatching(text) });
  }
  expect(sandbox.requests).toEqual([]);
  expect((await ask("list_plans")).isError).toBe(false);
});

test("describe_tables knows every table of the file and every column of each", async () => {
  const { ask, rows } = await synced();
  const all = (await ask("describe_tables")).body as { tables: { name: string; columns: string }[] };
  const inFile = rows(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '__drizzle_migrations'",
  );
  expect(all.tables.map(({ name }) => name).sort()).toEqual(inFile.map(({ name }) => name).sort());
  for (const { name: table } of all.tables) {
    const described = (await ask("describe_tables", { table })).body as { columns: Record<string, string>[] };
    const declared = rows(`SELECT name || ' ' || type AS "column" FROM pragma_table_info('${table}')`);
    // A column that a migration has added stands last in the file.
    expect(described.columns.map(({ name, type }) => `${name} ${type}`).sort(), table).toEqual(
      declared.map(({ column }) => column).sort(),
    );
    for (const { meaning } of described.columns) expect(meaning).toMatch(/\w.*\.$/s);
  }
});

test("without a warehouse, and without ChartMogul, the tools say what to do, and no key is in anything they say", async () => {
  const here = await scene({ ...tiny(), key: "c0ffee5ecret5ecret5ecret5ecret00" });
  const env = { ...here.environment, CHARTMOGUL_API_URL: "http://127.0.0.1:9/v1", LOG_LEVEL: "debug" };
  const { ask, stderr } = await agent([], { cwd: here.folder, env });
  const absent = /^error: there is no warehouse at warehouse\.db\nhint: Run `sync` first/;
  const [list, sql, status, live] = await Promise.all([
    ask("list_plans"),
    ask("query", { sql: "SELECT 1" }),
    ask("sync_status"),
    ask("list_plans", { live: true }),
  ]);
  expect(list.text).toMatch(absent);
  expect(sql.text).toMatch(absent);
  expect(status.body).toEqual({
    runs: [],
    resources: [],
    odd_fields: [],
    never: ["default"],
    summaries: { refreshed_at: null, behind: false },
  });
  expect(live.text).toMatch(/^error: no answer from ChartMogul for GET \/plans: .*\nhint: Check the network/);
  expect(stderr()).toContain("trying again");
  expect([list, sql, status, live].map(({ text }) => text).join() + stderr()).not.toContain("c0ffee5ecret");
});

test("a sync that changes the file meanwhile is seen by the next call", async () => {
  const { ask, folder, environment, worlds, warehouse } = await synced();
  const [plan] = worlds[0]?.plans ?? [];
  if (plan) worlds[0]?.plans.push({ ...plan, uuid: "pl_of_today" });
  expect(await runHere(["sync", "--only", "plans"], { cwd: folder, env: environment })).toMatchObject({
    code: 0,
  });
  expect((await ask("list_plans", { per_page: 1 })).body).toMatchObject({ plans: [{ uuid: "pl_of_today" }] });
  const sqlite = new Database(warehouse);
  sqlite.pragma("user_version = 13");
  sqlite.close();
  expect((await ask("list_plans")).text).toMatch(/by an unreleased version before 0\.1\.0.*\nhint: Keep it/);
});

test("lines that are not messages of the protocol do not end the server, and its output has only the protocol", async () => {
  const { start } = await scene();
  const { child, ended, seen } = start(["mcp"], { LOG_LEVEL: "debug" });
  const hello = {
    protocolVersion: "2025-03-26",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  };
  child.stdin?.write("garbage\n{}\n[1]\n");
  child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: hello })}\n`);
  child.stdin?.write(
    `${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "sync_status" } })}\n`,
  );
  await seen('"id":2');
  child.stdin?.end();
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  for (const line of stdout.trim().split("\n")) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
});

test("the server ends when its client goes away, also during a query, and leaves no process behind", async () => {
  const { ask, client, processId } = await synced("--seconds", "60");
  const asked = ask("query", { sql: `${endless} SELECT count(*) FROM counted` }).catch(() => "gone");
  while (childrenOf(processId).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const [child] = childrenOf(processId);
  await client.close();
  expect(await asked).toBe("gone");
  for (const each of [processId, child]) {
    while (isAlive(each ?? 0)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
