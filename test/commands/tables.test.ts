import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { createTablesCommand } from "../../src/commands/tables.ts";
import { readConfig } from "../../src/config.ts";
import { createDictionary, createDictionaryRows } from "../../src/dictionary/dictionary.ts";
import { run } from "../support/cli.ts";
import { collected } from "../support/collected.ts";
import { temporaryFolder } from "../support/folder.ts";
import { runHere } from "../support/run-here.ts";
import { syncedScene } from "./scene-here.ts";

const stopped = AbortSignal.abort();
const tables = (...args: string[]) => run(["tables", ...args], { cwd: temporaryFolder() });
const tablesHere = (...args: string[]) => runHere(["tables", ...args], { cwd: temporaryFolder() });

test("an unknown table is wrong usage, and the hint lists the tables there are", async () => {
  const { code, stdout, stderr } = await tables("invoice");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^error: there is no table "invoice"\nhint: {2}There are: accounts, .*invoices.*data_dictionary/,
  );
});

test("without a warehouse all tables are listed, each with what its rows are", async () => {
  const [lines, json] = await Promise.all([tablesHere(), tablesHere("--json")]);
  expect(lines).toMatchObject({ code: 0, stderr: "" });
  expect(lines.stdout).toMatch(/^customer_tags +Tags of customers\.$/m);
  expect(lines.stdout.trim().split("\n")).toHaveLength(2 + createDictionary().length);
  expect(JSON.parse(json.stdout)).toEqual(createDictionary().map(({ name, meaning }) => ({ name, meaning })));
});

test("one table is described whole: its key and references, and the type, unit, wire field and meaning of each column", async () => {
  const [lines, json] = await Promise.all([
    tables("invoice_line_items"),
    tablesHere("invoice_line_items", "--json"),
  ]);
  expect(lines).toMatchObject({ code: 0, stderr: "" });
  expect(lines.stdout).toContain("invoice_line_items: Line items of invoices.\n");
  expect(lines.stdout).toContain("Primary key: account, invoice_uuid, position\n");
  expect(lines.stdout).toContain("account, plan_uuid name a row of plans\n");
  expect(lines.stdout).toMatch(
    /^tax_amount_in_cents +INTEGER +yes +hundredths of `invoices\.currency` +line_items\[\]\.tax_amount_in_cents +Tax/m,
  );
  expect(JSON.parse(json.stdout)).toEqual(
    createDictionary().find(({ name }) => name === "invoice_line_items"),
  );
});

describe("on a terminal", () => {
  /** What the command prints on a terminal of this width. */
  async function printed(width: number | undefined, ...args: string[]): Promise<string> {
    const { terminal, all } = collected();
    const context = { terminal: { ...terminal, width }, config: readConfig, stopSignal: () => stopped };
    await createTablesCommand(context).parseAsync(args, { from: "user" });
    return all().stdout;
  }

  const joined = (text: string) => text.replaceAll(/\s+/g, " ");
  const entries = createDictionary();
  const longest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

  test.each([80, 120, 300])("of %i characters the list of tables fits", async (width) => {
    const list = await printed(width);
    expect(longest(list)).toBeLessThanOrEqual(width);
    for (const { name } of entries) expect(list).toContain(name);
  });

  test.each([80, 120, 300])("of %i characters a table fits, and no word is lost", async (width) => {
    for (const { name, meaning, columns } of entries) {
      const table = await printed(width, name);
      expect(longest(table)).toBeLessThanOrEqual(width);
      for (const text of [meaning, ...columns.map((column) => column.meaning)])
        expect(joined(table)).toContain(text);
    }
  });

  test("is different from a pipe, where each column has one line", async () => {
    const lines = (await printed(undefined, "invoice_line_items")).split("\n");
    expect(lines.filter((line) => line.length > 120).length).toBeGreaterThan(5);
  });
});

test("a synced warehouse has every table and column in its dictionary as it is declared, and nothing else", async () => {
  const { rows } = await syncedScene();
  const declared = rows(
    `SELECT master.name AS table_name, field.name AS column_name, upper(field.type) AS type,
       1 - field."notnull" AS nullable, field.pk > 0 AS in_primary_key
     FROM sqlite_master AS master, pragma_table_info(master.name) AS field
     WHERE master.type IN ('table', 'view') AND master.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND master.name <> '__drizzle_migrations'
     ORDER BY 1, 2`,
  );
  expect(declared.length).toBeGreaterThan(100);
  const documented =
    "SELECT table_name, column_name, type, nullable, in_primary_key FROM data_dictionary ORDER BY 1, 2";
  expect(rows(documented)).toEqual(declared);
  expect(rows("SELECT * FROM data_dictionary ORDER BY rowid")).toEqual(createDictionaryRows());
});

test("the next sync, and a rebuild, put right what somebody has changed in the dictionary", async () => {
  const { rows, warehouse, ...own } = await syncedScene({ only: ["plans"] });
  for (const command of [
    ["sync", "--only", "plans"],
    ["rebuild", "--resource", "plans"],
  ]) {
    const sqlite = new Database(warehouse);
    sqlite.exec("DELETE FROM data_dictionary WHERE position > 3");
    sqlite.close();
    expect((await own.runHere(command)).code).toBe(0);
    expect(rows("SELECT * FROM data_dictionary ORDER BY rowid")).toEqual(createDictionaryRows());
  }
});
