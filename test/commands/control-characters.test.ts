import { expect, test } from "vitest";
import { createTerminal } from "../../src/commands/terminal.ts";
import { createLog } from "../../src/log.ts";
import { deleteCustomer } from "../../src/sandbox/edits.ts";
import type { World } from "../../src/sandbox/world.ts";
import { collected } from "../support/collected.ts";
import { inFrontOf, tiny } from "./scene.ts";
import { type SceneHere, sceneHere } from "./scene-here.ts";

// Clears the screen, forges a line, sets the title, colours by a C1 control, and turns the direction of writing.
const evil =
  "\u001b[2J\nok    all is well\r\u001b]0;mine\u0007\t\u007f\u009b31m\u202e\u2066\u2028\u200b\ufeff";
const shown = "␛[2J␊ok    all is well␍␛]0;mine␇␉␡\\u009b31m\\u202e\\u2066\\u2028\\u200b\\ufeff";
const orders = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Lines that are no order to a terminal. */
function expectHarmless(text: string): void {
  for (const line of text.split("\n")) expect(line).not.toMatch(orders);
  expect(text).not.toMatch(/^ok {4}all is well/m);
}

/** An account in which every text that people have typed is one of these. */
function poisoned(): World {
  const world = tiny();
  world.account.name += evil;
  for (const plan of world.plans) plan.name += evil;
  for (const customer of world.customers) {
    customer.name += evil;
    customer.company += evil;
    customer.city += evil;
  }
  for (const subscription of [...world.subscriptions.values()].flat()) subscription.plan += evil;
  return world;
}

async function synced(): Promise<SceneHere> {
  const here = await sceneHere(poisoned());
  expect(await here.runHere(["sync"])).toMatchObject({ code: 0 });
  return here;
}

test("nothing that people read has an order to their terminal in it, whatever ChartMogul's texts are", async () => {
  const here = await synced();
  const [world] = here.worlds;
  if (world === undefined) throw new Error("there is no world");
  const [gone, mover, renamed] = world.customers.filter(
    ({ uuid, mrr }) => mrr > 0 && world.subscriptions.get(uuid)?.length,
  );
  if (!gone || !mover || !renamed) throw new Error("a world too small");
  deleteCustomer(world, gone.uuid);
  mover.mrr += 5000;
  renamed.status = "Cancelled";
  const [plan] = world.subscriptions.get(mover.uuid) ?? [];
  if (plan) plan.plan = `Gold${evil}`;
  // Does not validate, and its name is in the reason.
  Object.assign(renamed, { [`odd${evil}`]: 1, "customer-since": `never${evil}` });
  const asked = [
    ["sync"],
    ["changes"],
    ["status"],
    ["check"],
    ["verify", "--deep"],
    ["tables", "customers"],
    ["rebuild"],
    ["query", `SELECT name, plan AS "plan${evil}" FROM customers JOIN subscriptions USING (account)`],
    ["query", "SELECT reason, json FROM rejected_records"],
    ["query", "SELECT json(name) FROM customers"],
    ["call", "get_customer", "--id", `cus_${evil}`],
    ["call", "list_plans", "--status", evil],
    ["raw", "customers", `cus_${evil}`],
    ["sync", "--account", evil],
  ];
  const signs: string[] = [];
  for (const args of asked) {
    const { stdout, stderr } = await here.runHere(args);
    expectHarmless(stdout + stderr);
    if (stdout.includes(shown) || stderr.includes(shown)) signs.push(String(args[0]));
  }
  expect(signs).toEqual(["changes", "check", "query", "raw", "sync"]);
});

test("the text of an error reply is shown and cannot control the terminal, in pretty log lines and in errors", async () => {
  const here = await synced();
  const key = here.worlds[0]?.key ?? "";
  const url = await inFrontOf(here, ({ url: path = "" }, response) => {
    if (!/plans|cus_/.test(path)) return false;
    response.writeHead(path.includes("per_page=7") ? 502 : 402, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: `no${evil} key ${key}` }));
    return true;
  });
  const env = { CHARTMOGUL_API_URL: url };
  for (const args of [
    ["call", "get_customer", "--id", "cus_1", "--live"],
    ["call", "list_plans", "--live", "--per_page", "7"],
    ["verify"],
    ["sync", "--only", "plans"],
    ["status"],
  ]) {
    const { stdout, stderr } = await here.runHere(args, env);
    expectHarmless(stdout + stderr);
    expect(stdout + stderr, args.join(" ")).toContain("no␛[2J");
    expect(stdout + stderr).not.toContain(key);
  }
  const { stderr } = await here.runHere(["call", "get_customer", "--id", "cus_1", "--live"], env);
  expect(stderr).toMatch(/^error: ChartMogul answered GET \/customers\/cus_1 with 402: no␛\[2J/);
});

test("columns stand under each other where a value has a sign in it, and what joins letters or emoji stays", async () => {
  const here = await sceneHere(tiny());
  await here.runHere(["sync", "--only", "plans"]);
  const { stdout } = await here.runHere([
    "query",
    'SELECT value AS text, \'|\' AS "end" FROM json_each(\'["a\\tb\\u001b\\n", "plain text", "\\u202ex"]\')',
  ]);
  expect(stdout).toBe(
    ["text        end", "----------  ---", "a␉b␛␊       |", "plain text  |", "\\u202ex     |", ""].join("\n"),
  );
  const joined = "👨‍👩‍👧 ❤️ می‌خواهم क्‍ष 日本 ñ";
  const { terminal, all } = collected();
  terminal.print(joined);
  expect(all().stdout).toBe(`${joined}\n`);
});

test("JSON and CSV are as they were; on a terminal what is unseen is escaped, and JSON is the same value", async () => {
  const here = await synced();
  const name = here.worlds[0]?.customers[0]?.name;
  const [{ uuid } = { uuid: "" }] = here.worlds[0]?.customers ?? [];
  const sql = `SELECT name FROM customers WHERE uuid = '${uuid}'`;
  const [json, csv, raw] = [
    await here.runHere(["query", sql, "--format", "json"]),
    await here.runHere(["query", sql, "--format", "csv"]),
    await here.runHere(["raw", "customers", uuid]),
  ];
  expect(json.stdout).toBe(`[${JSON.stringify({ name })}\n]\n`);
  expect(csv.stdout).toBe(`name\n"${name}"\n`);
  expect(JSON.parse(raw.stdout)).toMatchObject({ name });

  const { terminal, all } = collected({ isTTY: true });
  terminal.data(JSON.stringify({ name }, null, 2));
  expectHarmless(all().stdout);
  expect(JSON.parse(all().stdout)).toEqual({ name });
});

test("a pretty log line is one line, and a JSON log line the same value without what a terminal obeys", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  createLog({ level: "info", format: "pretty", write }).warn(`said ${evil}`, { resource: evil });
  createLog({ level: "info", format: "json", write }).warn(evil, { resource: evil });
  const [pretty = "", json = ""] = lines;
  expectHarmless(lines.join("\n"));
  expect(lines).toHaveLength(2);
  expect(pretty).toContain(`said ${shown} resource=${shown}`);
  expect(JSON.parse(json)).toMatchObject({ message: evil, resource: evil });
});

test("live lines are shown by the terminal's own orders and no others", () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 200, rows: 9, write: (text: string) => written.push(text), on() {} };
  const { live, note } = createTerminal(
    ...([stream, stream] as unknown as Parameters<typeof createTerminal>),
  );
  live.show([`reading ${evil}`]);
  note(evil);
  live.clear();
  expect(written).toEqual([
    `reading ${shown}\n`,
    "\u001b[1A\u001b[J",
    `${shown}\n`,
    `reading ${shown}\n`,
    "\u001b[1A\u001b[J",
  ]);
});
