import { readdirSync, readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { run } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";

const names = commands.map(({ name }) => name);

test("an unknown command, option or argument exits with 2 and points to the help, without a stack trace", async () => {
  const cwd = temporaryFolder();
  const wrong: [string[], string][] = [
    [["synch"], "unknown command 'synch'"],
    [["--verbose"], "unknown option '--verbose'"],
    [["sync", "everything"], "too many arguments for 'sync'"],
    [["sync", "--only"], "option '--only <resource>' argument missing"],
    [["query"], "missing required argument 'sql'"],
    [["raw"], "missing required argument 'resource'"],
    [["status", "--bogus"], "unknown option '--bogus'"],
  ];
  const ends = await Promise.all(wrong.map(([args]) => run(args, { cwd })));
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(wrong[index]?.[1]);
    expect(stderr).toContain("see --help");
    expect(stderr).not.toMatch(/^\s+at /m);
  }
  expect(readdirSync(cwd)).toEqual([]);
});

test("no command at all prints the help to standard error and exits with 2", async () => {
  const { code, stdout, stderr } = await run([], { cwd: temporaryFolder() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Usage: chartmogul-warehouse");
});

test("help lists the commands in groups", async () => {
  const { stdout } = await run(["--help"], { cwd: temporaryFolder() });
  const groups = [...stdout.matchAll(/^(\w+):\n((?: {2,}.*\n)+)/gm)]
    .map(([, group, lines = ""]) => [group, [...lines.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)])
    .filter(([group]) => group !== "Options");
  expect(groups).toEqual([
    ["Sync", ["sync", "schedule", "rebuild"]],
    ["Ask", ["changes", "query", "tables", "raw", "call", "mcp"]],
    ["Check", ["status", "check", "verify"]],
    ["Share", ["report", "publish", "export"]],
    ["Try", ["demo", "sandbox"]],
  ]);
});

test("the help of every command has an example and its exit codes, no empty default, and works with a broken configuration", async () => {
  const cwd = temporaryFolder();
  const env = { SYNC_CRON: "never", CHARTMOGUL_API_URL: "not a URL", LOG_LEVEL: "loud" };
  const [all, ...each] = await Promise.all(
    [["--help"], ...names.map((name) => [name, "--help"])].map((args) => run(args, { cwd, env })),
  );
  expect(all).toMatchObject({ code: 0, stderr: "" });
  for (const [index, command] of names.entries()) {
    expect(all?.stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(each[index]).toMatchObject({ code: 0, stderr: "" });
    expect(each[index]?.stdout).toMatch(
      new RegExp(`^Examples?:\n {2}\\$ chartmogul-warehouse ${command}\\b`, "m"),
    );
    expect(each[index]?.stdout).toMatch(/^Exit codes:\n {2}0 /m);
    expect(each[index]?.stdout).not.toMatch(/default: (\[|"")/);
  }
});

test("--version says what runs: the package, Node, SQLite, its driver, and the schema of the warehouse", async () => {
  const { code, stdout, stderr } = await run(["--version"], { cwd: temporaryFolder() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
  const { version } = read("../../package.json") as { version: string };
  const { entries } = read("../../migrations/meta/_journal.json") as { entries: unknown[] };
  const sqlite = new Database(":memory:");
  const { version: driver } = read("../../node_modules/better-sqlite3/package.json") as { version: string };
  expect(stdout).toBe(
    `chartmogul-warehouse ${version} (Node ${process.versions.node}, SQLite ${sqlite.prepare("SELECT sqlite_version()").pluck().get()}, better-sqlite3 ${driver}, schema ${100 + entries.length})\n`,
  );
  sqlite.close();
  expect(Number.parseInt(driver, 10)).toBe(Number(process.versions["napi"]) < 10 ? 12 : 13);
  const cwd = temporaryFolder();
  for (const args of [["-V"], ["sync", "--version"], ["export", "-V"], ["demo", "--version"]]) {
    expect(await run(args, { cwd })).toEqual({ code: 0, stdout, stderr: "" });
  }
  expect(readdirSync(cwd)).toEqual([]);
});
