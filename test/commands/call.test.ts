import { expect, test } from "vitest";
import { decideExitCode, describeError } from "../../src/commands/failure.ts";
import { functions } from "../../src/functions/index.ts";
import { asking } from "../support/asking.ts";
import { bytesIn, tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

const range = ["--start_date", "2025-01-01", "--end_date", "2025-03-31"];

test("wrong usage exits with 2 and names what is wrong and what there is, asks nobody and changes nothing", async () => {
  const { run, runHere, sandbox, folder } = await syncedScene();
  sandbox.requests.length = 0;
  const before = bytesIn(folder);
  const wrong: [string[], RegExp][] = [
    [["list_customers", "--per_page", "0"], /^error: per_page is not between 1 and 200: 0\nhint: .*1 to 200/],
    [["list_customers", "--per-page", "500"], /^error: per_page is not between 1 and 200: 500/],
    [["list_customers", "--per_page", "abc"], /^error: per_page is not a number: "abc"/],
    [["list_customers", "--per_page", "2.5"], /^error: per_page is not a whole number: 2\.5/],
    [["list_customers", "--page", "-1"], /^error: page is not a page number from 1: -1/],
    [["list_customers", "--status", "happy"], /^error: status is not one of Active, Past Due, .*: "happy"/],
    [["list_customers", "--email", ""], /^error: email is empty: ""/],
    [["list_subscriptions", "--status", "Past Due"], /^error: status is not one of active, inactive, future/],
    [["list_subscriptions", "--live"], /^error: .*customer_uuid is missing/],
    [["list_plans", "--page", "1", "--cursor", "abc"], /^error: page and cursor together/],
    [["list_plans", "--status", "active"], /^error: unknown option '--status'/],
    [["list_plans", "active"], /^error: too many arguments/],
    [
      ["list_plans", "--account", "harbor"],
      /^error: there is no account "harbor".*\nhint: {2}There is: default\./,
    ],
    [["list_plans", "--live", "--account", "harbor"], /^error: there is no account "harbor" with a key/],
    [["list_invoices", "--customer_uuid", "42"], /^error: customer_uuid does not begin with cus_: "42"/],
    [["get_customer"], /^error: id is missing/],
    [["get_customer", "--live", "--id", "42"], /^error: id does not begin with cus_/],
    [
      ["get_metrics", ...range, "--interval", "hour"],
      /^error: interval is not one of day, week, month, quarter, year/,
    ],
    [
      ["get_metrics", "--start_date", "2025-02-29", "--end_date", "2025-03-01"],
      /^error: start_date is not a day/,
    ],
    [["get_users"], /^error: unknown command 'get_users'/],
    [[], /^Usage: chartmogul-warehouse call/],
  ];
  // One that the function refuses, one that the parser does, and none at all.
  const started = ["list_customers --per_page 0", "list_plans --status active", ""];
  const ends = await Promise.all(
    wrong.map(([args]) => (started.includes(args.join(" ")) ? run : runHere)(["call", ...args])),
  );
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    const [args, message] = wrong[index] ?? [];
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    expect(stderr).toMatch(message ?? /never/);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
  expect(sandbox.requests).toEqual([]);
  expect(bytesIn(folder)).toEqual(before);
});

test("no such record, and a ChartMogul that refuses or is not there, exit with 1", async () => {
  const { run, runHere, worlds, sandbox, warehouse } = await syncedScene();
  const nowhere = "http://127.0.0.1:9/v1";
  const [stored, live, refused] = await Promise.all([
    run(["call", "get_customer", "--id", "cus_nobody"]),
    runHere(["call", "get_customer", "--id", "cus_nobody", "--live"]),
    run(["call", "get_current_user"], { CHARTMOGUL_API_KEY: "mistyped-key" }),
  ]);
  for (const end of [stored, live, refused]) expect(end).toMatchObject({ code: 1, stdout: "" });
  for (const { stderr } of [stored, live]) {
    expect(stderr).toMatch(/^error: there is no customer "cus_nobody" in account "default"\nhint: /m);
  }
  expect(refused.stderr).toMatch(/answered GET \/ping with 401.*\nhint: {2}Check the API key/);
  expect(refused.stderr).not.toContain("mistyped-key");
  // The command tries some seconds longer.
  const offline = asking(warehouse, { ...sandbox, url: nowhere });
  const unanswered = await offline(functions.list_plans, { live: true }).catch((error: unknown) => error);
  expect(describeError(unanswered).message).toMatch(/^no answer from ChartMogul for GET \/plans/);
  expect(decideExitCode(unanswered)).toBe(1);
  // What is stored needs neither a key nor the network.
  const env = { CHARTMOGUL_API_KEY: "", CHARTMOGUL_API_URL: nowhere };
  const withoutKey = await runHere(["call", "list_plans", "--per_page", "200"], env);
  expect(withoutKey).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(withoutKey.stdout)).toMatchObject({ plans: { length: worlds[0]?.plans.length } });
});

test("a resource that was never synced completely is an error that says to sync, not an empty list", async () => {
  const { run, runHere, sandbox } = await sceneHere();
  const absent = await runHere(["call", "list_invoices"]);
  expect(absent).toMatchObject({ code: 2, stdout: "" });
  expect(absent.stderr).toMatch(/^error: there is no warehouse at warehouse\.db\nhint: {2}Run `sync` first/);
  sandbox.faults.push({ path: "^/v1/invoices", what: { kind: "status", status: 404 } });
  expect((await runHere(["sync", "--only", "plans", "--only", "invoices"])).code).toBe(1);
  const [failed, never, complete] = await Promise.all([
    run(["call", "list_invoices"]),
    runHere(["call", "get_metrics", ...range]),
    runHere(["call", "list_plans"]),
  ]);
  for (const [end, resource] of [
    [failed, "invoices"],
    [never, "period_metrics"],
  ] as const) {
    expect(end).toMatchObject({ code: 2, stdout: "" });
    expect(end.stderr).toMatch(
      new RegExp(`^error: ${resource} of account "default" was never read completely`),
    );
    expect(end.stderr).toMatch(/\nhint: {2}Run `sync`.*live/);
  }
  expect(complete.code).toBe(0);
});

test("call uses the account called default, another one by --account, and asks for a choice where none is called default", async () => {
  const { run, runHere, worlds } = await sceneHere(tiny("harbor"), tiny("mill"));
  expect((await runHere(["sync", "--only", "plans", "--only", "account"])).code).toBe(0);
  const unnamed = await runHere(["call", "list_plans"]);
  expect(unnamed).toMatchObject({ code: 2, stdout: "" });
  expect(unnamed.stderr).toMatch(/no account is called default\nhint: {2}Choose one: harbor, mill\./);
  for (const { name, account } of worlds) {
    for (const [running, args] of [
      [run, []],
      [runHere, ["--no-live"]],
    ] as const) {
      const { code, stdout } = await running(["call", "get_current_user", "--account", name, ...args]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        first_name: null,
        last_name: null,
        email: null,
        account: name,
        id: account.id ?? null,
        name: account.name,
        currency: account.currency,
        time_zone: account.time_zone,
        verified: args.length === 0,
        fresh_as_of: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
    }
  }
  const withoutKey = { CHARTMOGUL_API_KEY_MILL: "" };
  expect((await runHere(["call", "list_plans", "--account", "mill"], withoutKey)).code).toBe(0);
  const live = await runHere(["call", "list_plans", "--account", "mill", "--live"], withoutKey);
  expect(live).toMatchObject({ code: 2, stdout: "" });
  expect(live.stderr).toMatch(/there is no account "mill" with a key\nhint: {2}There is: harbor\./);
});

test("the help lists every function and parameter, and that of a function explains each", async () => {
  const { run, runHere } = await sceneHere();
  const all = await run(["call", "--help"]);
  expect(all.code).toBe(0);
  const each = await Promise.all(Object.keys(functions).map((name) => runHere(["call", name, "--help"])));
  for (const [index, { name, parameters }] of Object.values(functions).entries()) {
    expect(all.stdout).toContain(`  ${name} `);
    for (const parameter of Object.keys(parameters.shape)) {
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} .*--${parameter}`, "m"));
      expect(each[index]?.stdout).toContain(`--${parameter}`);
      expect(each[index]?.stdout).toContain(`--${parameter.replaceAll("_", "-")}`);
    }
  }
});
