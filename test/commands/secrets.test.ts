import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fault, FaultEffect } from "../../src/sandbox/faults.ts";
import type { Ended } from "../support/cli.ts";
import { runHere } from "../support/run-here.ts";
import { contents, type Scene, scene, tiny } from "./scene.ts";

const keys = {
  inEnvironment: "c0ffee5ecret5ecret5ecret5ecret00",
  inFile: "deadbeef5ecret5ecret5ecret5ecret",
};

/** A key and everything that it is sent as, or that a server may make of it. */
const formsOf = (key: string) => [
  key,
  ...[key, `${key}:`, `${key}:${key}`].map((text) => Buffer.from(text).toString("base64").replace(/=+$/, "")),
];
const forms = Object.values(keys).flatMap(formsOf);

const echo = (status: number, body: "json" | "text" | "html" = "json"): FaultEffect => ({
  kind: "status",
  status,
  body,
  echo: true,
});

const logging = ["pretty", "json"].map((format) => ({ LOG_FORMAT: format, LOG_LEVEL: "debug" }));

type Variables = Readonly<Record<string, string>>;

async function twoAccounts() {
  const here = await scene({ ...tiny(), key: keys.inEnvironment }, { ...tiny("harbor"), key: keys.inFile });
  writeFileSync(join(here.folder, ".env"), `CHARTMOGUL_API_KEY_HARBOR="${keys.inFile}"\n`);
  const ends: Ended[] = [];
  // The second key comes from the file alone.
  const fromFile = { CHARTMOGUL_API_KEY_HARBOR: "" };
  const meeting = async (faults: readonly Fault[], command: () => Promise<Ended>) => {
    here.sandbox.faults.splice(0, here.sandbox.faults.length, ...faults);
    const end = await command();
    ends.push(end);
    return end;
  };
  return {
    ...here,
    ends,
    /** Runs a command while ChartMogul has these faults. */
    meet: (faults: readonly Fault[], args: readonly string[], env: Variables) =>
      meeting(faults, () => here.run(args, { ...env, ...fromFile })),
    /** The same within this process. */
    meetHere: (faults: readonly Fault[], args: readonly string[], env: Variables) =>
      meeting(faults, () =>
        runHere(args, { cwd: here.folder, env: { ...here.environment, ...env, ...fromFile } }),
      ),
  };
}

/** Which of the keys' forms are found where: in what was printed, in the bytes of the files, or in the values of the tables. */
function found({ folder, warehouse }: Scene, ends: readonly Ended[]): string[] {
  const places: [string, string][] = [
    ...ends.flatMap(({ stdout, stderr }, index): [string, string][] => [
      [`output of command ${index}`, stdout],
      [`errors of command ${index}`, stderr],
    ]),
    ...readdirSync(folder)
      .filter((name) => name !== ".env")
      .map((name): [string, string] => [name, readFileSync(join(folder, name), "latin1")]),
    ["tables", JSON.stringify(contents(warehouse))],
  ];
  // Named by their place, so that a failing test does not print the whole warehouse.
  return places.flatMap(([place, text]) => forms.filter((form) => text.includes(form)).map(() => place));
}

test.for(logging)(
  "no key is in any output or file of $LOG_FORMAT, whatever fails and whoever repeats it, and only GET is sent",
  async (env) => {
    const here = await twoAccounts();
    const [customer] = here.worlds[0]?.customers.slice(-1) ?? [];
    const mixed: Fault[] = [
      { path: "^/v1/plans", times: 1, what: echo(500, "html") },
      { path: "^/v1/invoices", times: 1, what: { kind: "reset" } },
      { path: `^/v1/customers/${customer?.uuid}/subscriptions`, what: echo(422) },
      { path: "^/v1/metrics/all", what: { kind: "html" } },
    ];
    const failing = await here.meet(mixed, ["sync"], env);
    expect(failing.code).toBe(1);
    expect(failing.stderr).toMatch(/GET \/plans: answered 500; trying again/);
    expect(failing.stderr).toContain("asked with Authorization: Basic ***, the key ***");
    expect(String(here.value("SELECT reason FROM sync_retries"))).toContain("the key ***");

    const without = ["--skip", "daily_metrics,period_metrics"];
    for (const [command, faults, code] of [
      [["sync", ...without], [{ path: "^/v1/account", what: echo(401) }], 1],
      [["sync", ...without], [{ path: "^/v1/customers", what: echo(402, "text") }], 1],
      [["check"], [{ path: "^/v1/ping", what: echo(401, "html") }], 1],
      [["check"], [{ path: "^/v1/account", times: 1, what: echo(503, "text") }], 0],
      [["verify", "--deep"], [{ path: "^/v1/customers", what: echo(402) }], 1],
    ] satisfies [string[], Fault[], number][]) {
      const end = await here.meetHere(faults, command, env);
      expect({ command, code: end.code }).toEqual({ command, code });
      const output = `${end.stdout}${end.stderr}`;
      expect(output).toMatch(code === 1 ? /the key \*\*\*/ : /answered 503; trying again/);
    }
    const refused = await here.meet(
      [{ path: "^/v1/customers", what: echo(403, "text") }],
      ["sync", ...without],
      env,
    );
    expect(refused).toMatchObject({ code: 0, stdout: expect.stringContaining("not_allowed") });
    await here.meet([], ["status"], env);
    for (const command of [
      ["status", "--json"],
      ["changes"],
      ["changes", "--json"],
      ["query", "SELECT status, error FROM sync_run_resources", "--format", "json"],
      ["rebuild"],
    ] satisfies string[][]) {
      await here.meetHere([], command, env);
    }
    expect(here.ends.at(-2)?.stdout).toContain("the key ***");
    expect(found(here, here.ends)).toEqual([]);
    expect(new Set(here.sandbox.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(new Set(here.sandbox.requests.map(({ account }) => account))).toEqual(
      new Set(["default", "harbor"]),
    );
  },
);

/** Lets a part of the language fail, as nothing that is foreseen does. */
const broken = (method: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`${method} = () => { throw new Error("out of order"); };`)}`,
});

test.for(logging)("a bug is reported with its place and no key, in $LOG_FORMAT", async (env) => {
  const here = await twoAccounts();
  const sync = await here.meet([], ["sync", "--only", "plans"], {
    ...env,
    ...broken("Float64Array.prototype.sort"),
  });
  expect(sync.code).toBe(1);
  expect(sync.stderr).toMatch(/this is a bug, please report it: .*out of order/);
  const status = await here.meet([], ["status"], { ...env, ...broken("Number.prototype.toLocaleString") });
  expect(status.code).toBe(1);
  expect(status.stderr).toMatch(/this is a bug, please report it: .*out of order.*\bat /s);
  expect(found(here, here.ends)).toEqual([]);
});

test("no key is in what a sync leaves behind that is killed while it writes", async () => {
  const here = await twoAccounts();
  here.sandbox.faults.push({ path: "^/v1/invoices", what: { kind: "silence" } });
  const { child, ended } = here.start(["sync"], { LOG_LEVEL: "debug", CHARTMOGUL_API_KEY_HARBOR: "" });
  while (here.sandbox.requests.filter(({ status }) => status === 0).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGKILL");
  const end = await ended;
  expect(readdirSync(here.folder)).toEqual(
    expect.arrayContaining(["warehouse.db", "warehouse.db-wal", "warehouse.db.lock"]),
  );
  expect(found(here, [end])).toEqual([]);
});
