import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readFaults } from "../../src/commands/fault-file.ts";
import { ConfigError } from "../../src/errors.ts";
import type { Fault, FaultEffect } from "../../src/sandbox/faults.ts";
import { run, start } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";

/** A file that holds this in a new folder. */
function fileWith(content: unknown): string {
  const path = join(temporaryFolder(), "faults.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("the sandbox goes wrong as the file says", async () => {
  const faults: Fault[] = [
    { account: "tokyo", path: "^/v1/ping$", from: 2, times: 1, what: { kind: "status", status: 418 } },
  ];
  const { child, ended, seen } = start(["sandbox", "--port", "0", "--faults", fileWith(faults)], {
    cwd: temporaryFolder(),
  });
  let printed = "";
  child.stdout?.on("data", (chunk) => {
    printed += chunk;
  });
  await seen("chartmogul-warehouse sync\n");
  await seen("faults.json: 1.");
  const url = /^export CHARTMOGUL_API_URL=(.+)$/m.exec(printed)?.[1];
  const ping = async (key: string) => {
    const authorization = `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
    return (await fetch(`${url}/ping`, { headers: { authorization } })).status;
  };
  const keys = ["tokyo", "default", "tokyo", "default", "tokyo"].map((name) => `sandbox-${name}-key`);
  const statuses: number[] = [];
  for (const key of keys) statuses.push(await ping(key));
  expect(statuses).toEqual([200, 200, 418, 200, 200]);

  child.kill("SIGINT");
  expect((await ended).code).toBe(0);
});

const cut = { kind: "cut" };

test.each<[unknown, string]>([
  ["[", " is not JSON: "],
  [{ path: "/ping", what: cut }, " is not a list"],
  [[{ path: "/ping", what: cut }, 5], ", fault 2 is not an object: 5"],
  [[{ what: cut }], ", fault 1: path is missing"],
  [[{ path: "/ping" }], ", fault 1: what is missing"],
  [[{ path: "(", what: cut }], ', fault 1: path is not a regular expression: "("'],
  [[{ path: 7, what: cut }], ", fault 1: path is not a text: 7"],
  [
    [{ path: "/ping", account: "osaka", what: cut }],
    ', fault 1: account is not one of default, tokyo: "osaka"',
  ],
  [[{ path: "/ping", from: 0, what: cut }], ", fault 1: from is not between 1 and 1000000: 0"],
  [[{ path: "/ping", times: 1.5, what: cut }], ", fault 1: times is not a whole number: 1.5"],
  [[{ path: "/ping", time: 1, what: cut }], ", fault 1: time is unknown"],
  [[{ path: "/ping", what: "cut" }], ', fault 1: what is not an object: "cut"'],
  [[{ path: "/ping", what: { kind: "flood" } }], ", fault 1: what.kind is not one of status, html, refuse,"],
  [[{ path: "/ping", what: { ...cut, bytes: 5 } }], ", fault 1: what.bytes is unknown"],
  [[{ path: "/ping", what: { kind: "status" } }], ", fault 1: what.status is missing"],
  [
    [{ path: "/ping", what: { kind: "status", status: 200 } }],
    ", fault 1: what.status is not between 400 and 599: 200",
  ],
  [
    [{ path: "/ping", what: { kind: "status", status: 503, body: "xml" } }],
    ', fault 1: what.body is not one of json, text, html: "xml"',
  ],
  [
    [{ path: "/ping", what: { kind: "status", status: 503, retryAfter: "a\nb" } }],
    ', fault 1: what.retryAfter cannot be sent in a header: "a\\nb"',
  ],
])("of %j it says what is wrong", (content, words) => {
  const path = fileWith(content);
  const reading = () => readFaults(path, ["default", "tokyo"]);
  expect(reading).toThrow(ConfigError);
  expect(reading).toThrow(`${path}${words}`);
});

test("a wrong or missing file ends the command with 2, a hint and no stack trace", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "faults.json"), '[{"path": "/ping", "what": {"kind": "refuse"}}]');
  const [wrong, missing] = await Promise.all([
    run(["sandbox", "--port", "0", "--faults", "faults.json"], { cwd }),
    run(["sandbox", "--port", "0", "--faults", "day.json"], { cwd }),
  ]);
  for (const { code, stdout, stderr } of [wrong, missing]) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).toMatch(/^hint: {2}\S/m);
  }
  expect(wrong.stderr).toMatch(/^error: faults\.json, fault 1: what\.milliseconds is missing$/m);
  expect(missing.stderr).toMatch(/^error: cannot read day\.json: ENOENT/m);
});

const everyKind: { [Kind in FaultEffect["kind"]]: Extract<FaultEffect, { kind: Kind }> } = {
  status: { kind: "status", status: 429, body: "html", retryAfter: "5", echo: true },
  html: { kind: "html" },
  refuse: { kind: "refuse", milliseconds: 500 },
  reset: { kind: "reset" },
  resetInBody: { kind: "resetInBody" },
  cut: { kind: "cut" },
  stall: { kind: "stall" },
  silence: { kind: "silence" },
  gzip: { kind: "gzip" },
  wrongType: { kind: "wrongType", field: "mrr", everyRecord: true },
  null: { kind: "null" },
  noKey: { kind: "noKey" },
  large: { kind: "large", bytes: 5_000_000 },
  twice: { kind: "twice" },
  sameCursor: { kind: "sameCursor" },
  emptyPage: { kind: "emptyPage" },
  loseRest: { kind: "loseRest" },
  deleteCustomer: { kind: "deleteCustomer" },
};

test("a file can name every kind of fault, and the help has each with its fields", async () => {
  const faults = Object.values(everyKind).map((what): Fault => ({ path: ".", what }));
  expect(readFaults(fileWith(faults), [])).toEqual(faults);
  const { stdout } = await run(["sandbox", "--help"], { cwd: temporaryFolder() });
  const table = stdout.slice(stdout.indexOf("A fault affects"));
  for (const { kind, ...fields } of Object.values(everyKind)) {
    expect(table).toMatch(new RegExp(`^ {2}${kind} `, "m"));
    for (const field of Object.keys(fields)) expect(table).toContain(`"${field}"`);
  }
});

test("the example of the help is a list of faults", async () => {
  const { stdout } = await run(["sandbox", "--help"], { cwd: temporaryFolder() });
  const example = /^ {2}\[\n.*?^ {2}\]$/ms.exec(stdout)?.[0] ?? "";
  expect(readFaults(fileWith(example), ["default", "tokyo"])).toHaveLength(3);
});
