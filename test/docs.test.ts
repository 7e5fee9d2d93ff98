import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { createDictionary } from "../src/dictionary/dictionary.ts";
import { functions } from "../src/functions/index.ts";
import { resources } from "../src/resources/index.ts";
import { runResources } from "../src/schema/sync-tables.ts";
import { getShape } from "../src/schema/table.ts";
import { summaries } from "../src/summaries/index.ts";
import { syncedScene } from "./commands/scene-here.ts";
import { blocksOf, firstCellsUnder, readPage } from "./docs/markdown.ts";
import { agent } from "./support/agent.ts";
import { duckdb } from "./support/duckdb.ts";
import { compile, installPackage } from "./support/package.ts";

test("docs/data-dictionary.md is what `npm run dictionary` writes", async () => {
  const root = join(import.meta.dirname, "..");
  const script = join(root, "scripts/generate-dictionary.js");
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: root });
  expect(readFileSync(join(root, "docs/data-dictionary.md"), "utf8")).toBe(stdout);
});

test("docs/queries.md has twenty questions, and the results that `npm run queries` writes", async () => {
  const root = join(import.meta.dirname, "..");
  const script = join(root, "scripts/generate-queries.js");
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--print"], { cwd: root });
  const written = readFileSync(join(root, "docs/queries.md"), "utf8");
  expect(written).toBe(stdout);
  // Each question has one query, and each query a result of at least one row.
  const questions = written.split(/^## \d+\. /m).slice(1);
  expect(questions).toHaveLength(20);
  for (const question of questions) {
    expect(question.match(/```sql\n/g), question).toHaveLength(1);
    expect(question, question).toMatch(/```\n\n\|.+\|\n\|[ :|-]+\|\n\|.+\|/);
  }
});

test("the README's query and its result are those of docs/queries.md", () => {
  const [, shown = ""] = /(```sql\n.*?```\n\n\|.+?)\n\n/s.exec(readPage("README.md")) ?? [];
  expect(shown).not.toBe("");
  expect(readPage("docs/queries.md")).toContain(shown);
});

describe("docs/tables.md", () => {
  test("names every table of every resource", () => {
    const tables = resources
      .flatMap(({ table, children }) => [table, ...children.map((child) => child.table)])
      .map((table) => getShape(table).name);
    expect(firstCellsUnder("docs/tables.md", "Records")).toEqual(expect.arrayContaining(tables));
  });

  test("names every summary table, and which of them there are over all accounts", () => {
    const names = summaries.map((table) => getShape(table).name);
    const [overAll, byAccount] = [true, false].map((over) =>
      names.filter((name) => name.endsWith("_all_accounts") === over),
    );
    expect(firstCellsUnder("docs/tables.md", "Summary tables").sort()).toEqual(byAccount?.sort());
    const marked = [...readPage("docs/tables.md").matchAll(/`([^`]+)` ¹/g)].map(
      ([, name]) => `${name}_all_accounts`,
    );
    expect(marked.sort()).toEqual(overAll?.sort());
  });

  test("names no table that does not exist", () => {
    const tables = createDictionary().map(({ name }) => name);
    const named = ["Summary tables", "Records", "The sync's own tables"].flatMap((heading) =>
      firstCellsUnder("docs/tables.md", heading),
    );
    expect(named.filter((name) => !tables.includes(name))).toEqual([]);
  });
});

test("docs/definitions.md defines every summary table but the one about the sync", () => {
  const text = readPage("docs/definitions.md");
  const names = summaries
    .map((table) => getShape(table).name)
    .filter((name) => !name.endsWith("_all_accounts"));
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual(["freshness"]);
});

test("docs/operations.md names every status that a resource can end with", () => {
  const { columns } = getShape(runResources);
  const known = [...(columns["status"]?.description ?? "").matchAll(/`(\w+)`/g)]
    .map(([, status]) => status)
    .filter((status) => status !== "running");
  expect(known.length).toBeGreaterThan(5);
  const documented = firstCellsUnder("docs/operations.md", "How a sync ends");
  expect(documented.sort()).toEqual(known.sort());
});

describe("docs/agents.md", () => {
  const page = "docs/agents.md";

  test("names every read function with its parameters", () => {
    const declared = Object.values(functions).map(({ name, parameters }) => {
      const own = Object.keys(parameters.shape).filter((parameter) => parameter !== "live");
      return { name, parameters: own.sort() };
    });
    const documented = firstCellsUnder(page, "For scripts and agents").map((usage) => {
      const [, name, parameters = ""] = /^(\w+)\((.*)\)$/.exec(usage) ?? [];
      return { name, parameters: parameters.split(", ").filter(Boolean).sort() };
    });
    expect(documented).toEqual(declared);
  });

  test("has a script that compiles and runs", async () => {
    const here = await syncedScene({ accounts: ["default", "production"] });
    installPackage(here.folder);
    expect(compile(here.folder, onlyBlock(page, "ts"))).toBe("");
    const options = { cwd: here.folder, env: { PATH: process.env["PATH"], ...here.environment } };
    const { stdout } = await promisify(execFile)(process.execPath, ["script.js"], options);
    expect(stdout.split("\n")).toHaveLength((here.worlds[0]?.invoices.length ?? 0) + 2);
  });

  test("has a configuration with which an agent finds the tools that it names", async () => {
    const here = await syncedScene({ accounts: ["default", "production"] });
    const { mcpServers } = JSON.parse(onlyBlock(page, "json")) as {
      mcpServers: { chartmogul: { command: string; args: string[]; env: Record<string, string> } };
    };
    const { command, args, env } = mcpServers.chartmogul;
    expect({ command, args }).toEqual({ command: "node", args: ["/srv/chartmogul/dist/cli.js", "mcp"] });
    expect(Object.keys(env)).toEqual(["WAREHOUSE_PATH"]);
    const { ask, client } = await agent([], { cwd: here.folder, env: { WAREHOUSE_PATH: here.warehouse } });
    expect((await ask("list_plans", { account: "production" })).isError).toBe(false);
    const { tools } = await client.listTools();
    const documented = [...Object.keys(functions), ...firstCellsUnder(page, "For an agent (MCP)")];
    expect(tools.map(({ name }) => name).sort()).toEqual(documented.sort());
  });
});

/** The text of a page's only block of this language. */
function onlyBlock(page: string, language: string): string {
  const found = blocksOf(page).filter((block) => block.language === language);
  expect(found).toHaveLength(1);
  return found[0]?.text ?? "";
}

test("docs/export.md warns of formulas in CSV, which has every text as it is", async () => {
  const text = readFileSync(join(import.meta.dirname, "../docs/export.md"), "utf8");
  expect(text).toMatch(/CSV has every text as it is\. Excel.*`=`.*formula.*set to text/);
  const here = await syncedScene({ only: ["plans"] });
  const sqlite = new Database(here.warehouse);
  sqlite.prepare("UPDATE plans SET name = ? WHERE uuid = (SELECT min(uuid) FROM plans)").run("=1+1");
  sqlite.close();
  expect(await here.runHere(["export", "--to", "exports", "--format", "csv"])).toMatchObject({ code: 0 });
  const file = join(here.folder, "exports/plans/account=default/plans.csv");
  expect(readFileSync(file, "utf8")).toMatch(/,=1\+1,/);
});

test("docs/export.md has only SQL for DuckDB that runs on an export, and names what is left out", async () => {
  const text = readFileSync(join(import.meta.dirname, "../docs/export.md"), "utf8");
  const here = await syncedScene({ accounts: ["default", "production"] });
  expect(await here.runHere(["export", "--to", "exports"])).toMatchObject({ code: 0, stderr: "" });
  const blocks = [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) => sql);
  expect(blocks).toHaveLength(3);
  const summaries = await Promise.all(
    blocks.map((sql) => duckdb(sql.replaceAll("'exports/", `'${here.folder}/exports/`))),
  );
  for (const rows of summaries) expect(rows.length).toBeGreaterThan(0);
  expect(new Set(summaries[0]?.map(({ account }) => account))).toEqual(new Set(["default", "production"]));

  const exported = readdirSync(join(here.folder, "exports"));
  const inner = createDictionary().filter(({ name }) => !exported.includes(name));
  const line = text.split("\n").find((each) => each.startsWith("- Left out")) ?? "";
  const named = [...line.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(inner.map(({ name }) => name).sort());
  const { stdout } = await here.runHere(["export", "--help"]);
  for (const { name } of inner) expect(stdout).toContain(name);
});
