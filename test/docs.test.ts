import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { resources } from "../src/resources/index.ts";
import { sync } from "../src/sync/sync.ts";
import { openForReading } from "../src/warehouse/open.ts";
import { query } from "../src/warehouse/query.ts";
import { shapeOf } from "../src/warehouse/table.ts";
import { connectTo, serve, smallWorld, today } from "./support/accounts.ts";
import { run } from "./support/cli.ts";
import { temporaryFolder } from "./support/folder.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");

/** The first cells of the table under a heading of the README, without their backticks. */
function firstCells(heading: string): string[] {
  const section = readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => /^\| `/.test(line));
  return rows.flatMap((row) =>
    [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

describe("the README", () => {
  test("has only SQL that runs on a synced warehouse", async () => {
    const world = smallWorld();
    const path = join(temporaryFolder(), "warehouse.db");
    await sync({
      path,
      accounts: [{ name: "default", source: connectTo(await serve(world), world) }],
      resources,
      trigger: "test",
      signal: new AbortController().signal,
      now: () => today,
    });
    const warehouse = openForReading(path);
    try {
      const blocks = [...readme.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) => sql);
      expect(blocks).toHaveLength(3);
      const answers = blocks.map((sql) => [...query(warehouse, sql).rows].length);
      expect(answers.slice(0, 2).every((rows) => rows > 0)).toBe(true);
    } finally {
      warehouse.close();
    }
  });

  test("names every setting and no other", () => {
    const { accounts: _, ...settings } = readConfig({}, temporaryFolder());
    const documented = firstCells("Settings").filter((name) => !name.startsWith("CHARTMOGUL_API_KEY"));
    expect(documented.sort()).toEqual([...Object.keys(settings), "SYNC_TIME_ZONE"].sort());
  });

  test("names every table of every resource", () => {
    const tables = resources
      .flatMap(({ table, children }) => [table, ...children.map((child) => child.table)])
      .map((table) => shapeOf(table).name);
    expect(firstCells("What is in the file")).toEqual(expect.arrayContaining(tables));
  });

  test("names every command and no other", async () => {
    const { stdout } = await run(["--help"], { cwd: temporaryFolder() });
    const commands = [...(stdout.split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)].map(
      ([, name]) => name,
    );
    const documented = firstCells("Commands").map((usage) => usage.split(" ")[0]);
    expect(documented.sort()).toEqual(commands.filter((name) => name !== "help").sort());
  });

  test("names only files of this repository in its links", () => {
    for (const [, target = ""] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(() => readFileSync(join(import.meta.dirname, "..", target)), target).not.toThrow();
    }
  });
});
