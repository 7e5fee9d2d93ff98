import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { lockWarehouse } from "../../src/database/lock.ts";
import { openWarehouse } from "../../src/database/open.ts";
import { describeTable } from "../../src/dictionary/describe-table.ts";
import { createDictionary, type DictionaryTable } from "../../src/dictionary/dictionary.ts";
import { exportWarehouse } from "../../src/export/export.ts";
import { smallWorld } from "../support/accounts.ts";
import { type Ended, type Limits, run } from "../support/cli.ts";
import { type DuckdbRow, duckdb, duckdbOfTest } from "../support/duckdb.ts";
import { temporaryFolder } from "../support/folder.ts";
import { folderInMemory } from "../support/folder-in-memory.ts";
import { keepFiles } from "../support/keep-files.ts";
import { nobody, reachable } from "../support/nobody.ts";
import { emptyTable, fillOddly, halfEmptyTable, isMoney } from "../support/odd-warehouse.ts";
import { installPackage } from "../support/package.ts";
import { runHere } from "../support/run-here.ts";
import { holding } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

const formats = ["parquet", "csv", "ndjson"] as const;

interface Place {
  readonly folder: string;
  readonly warehouse: string;
  /** Where it exports to. */
  readonly to: string;
  /** Does `export --to` there, in this process. */
  readonly exporting: (args?: readonly string[]) => Promise<Ended>;
  /** Starts a process that does so. */
  readonly started: (args?: readonly string[], limits?: Limits) => Promise<Ended>;
}

let oddFile: Buffer | undefined;

/** A folder with a warehouse that holds every kind of value. */
function odd(): Place {
  const folder = folderInMemory();
  const warehouse = join(folder, "warehouse.db");
  if (oddFile === undefined) fillOddly(warehouse);
  else writeFileSync(warehouse, oddFile);
  oddFile ??= readFileSync(warehouse);
  const to = join(folder, "exports");
  const all = (args: readonly string[]) => ["export", "--to", to, ...args];
  return {
    folder,
    warehouse,
    to,
    exporting: (args = []) => runHere(all(args), { cwd: folder }),
    started: (args = [], limits = {}) => run(all(args), { cwd: folder, limits }),
  };
}

const putExported = new Map<string, ReturnType<typeof keepFiles>>();

/** Exports with these arguments, or puts there what the same export wrote before: most of its time goes into the disk. */
async function exportOnce(here: Place, ...args: string[]): Promise<void> {
  const setting = args.join(" ");
  const put = putExported.get(setting);
  if (put === undefined) {
    expect(await here.exporting(args)).toMatchObject({ code: 0, stderr: "" });
    putExported.set(setting, keepFiles(here.folder));
  } else put(here.folder);
}

async function oddExported(...args: string[]): Promise<Place> {
  const here = odd();
  await exportOnce(here, ...args);
  return here;
}

/** The paths of all files of a folder, with their bytes. */
function tree(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return Object.fromEntries(
    files.sort().map((path) => [path, readFileSync(join(folder, path)).toString("base64")]),
  );
}

const inWords = /^error: .+\nhint: {2}.+\n$/;

function changeIn(warehouse: string, sql: string): void {
  const sqlite = new Database(warehouse);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.exec(sql);
  sqlite.close();
}

/** Damages the file: adds a row that the index of the key does not know. */
function insertPastIndex(warehouse: string, table: string): void {
  const inSchema = (change: (sqlite: Database.Database) => void) => {
    const sqlite = new Database(warehouse);
    sqlite.unsafeMode();
    sqlite.pragma("writable_schema = ON");
    change(sqlite);
    sqlite.pragma(`schema_version = ${Number(sqlite.pragma("schema_version", { simple: true })) + 1}`);
    sqlite.close();
  };
  interface Entry {
    readonly type: string;
    readonly name: string;
    readonly tbl_name: string;
    readonly rootpage: number;
    readonly sql: string | null;
  }
  let entries: Entry[] = [];
  inSchema((sqlite) => {
    entries = sqlite.prepare<[string], Entry>("SELECT * FROM sqlite_master WHERE tbl_name = ?").all(table);
    sqlite.prepare("DELETE FROM sqlite_master WHERE tbl_name = ? AND type = 'index'").run(table);
    const withoutKey = "substr(sql, 1, instr(sql, 'PRIMARY KEY(') - 1) || 'CHECK (1))'";
    sqlite.prepare(`UPDATE sqlite_master SET sql = ${withoutKey} WHERE name = ?`).run(table);
  });
  changeIn(warehouse, `INSERT INTO "${table}" SELECT * FROM "${table}" WHERE account = 'default' LIMIT 1`);
  inSchema((sqlite) => {
    sqlite.prepare("DELETE FROM sqlite_master WHERE tbl_name = ?").run(table);
    const add = sqlite.prepare(
      "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (@type, @name, @tbl_name, @rootpage, @sql)",
    );
    for (const entry of entries) add.run(entry);
  });
}

/** The rows of the warehouse as DuckDB gives them in JSON, with money in main units beside each amount. */
function stored(warehouse: string, table: DictionaryTable): DuckdbRow[] {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const sqlite = new Database(warehouse, { readonly: true });
  try {
    const order = table.primary_key.map((column) => `"${column}" NULLS LAST`).join(", ");
    return sqlite
      .prepare<[], DuckdbRow>(`SELECT * FROM "${table.name}" ORDER BY ${order}`)
      .safeIntegers()
      .all()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).flatMap(([column, value]) => {
            if (types.has(`${column}_in_cents`))
              return [[column, typeof value === "number" ? value.toFixed(2) : null] as const];
            const own = [[column, asInDuckdb(value, types.get(column))] as const];
            if (!column.endsWith("_in_cents") || types.has(column.replace(/_in_cents$/, ""))) return own;
            return [...own, [column.replace(/_in_cents$/, ""), inUnits(value)] as const];
          }),
        ),
      );
  } finally {
    sqlite.close();
  }
}

function asInDuckdb(value: unknown, type: string | undefined): unknown {
  if (value === null) return null;
  if (type === "BOOLEAN") return value === 1n;
  if (typeof value === "bigint") return String(value);
  return Buffer.isBuffer(value) ? value.toString("hex").toUpperCase() : value;
}

function inUnits(value: unknown): string | null {
  if (typeof value !== "bigint") return null;
  const digits = String(value).replace("-", "").padStart(3, "0");
  return `${value < 0n ? "-" : ""}${digits.replace(/(..)$/, ".$1")}`;
}

const blobsOf = ({ columns }: DictionaryTable) =>
  columns.filter(({ type }) => type === "BLOB").map(({ name }) => name);

/** How DuckDB reads a table of an export, blobs as hexadecimal digits. */
function reading(to: string, table: DictionaryTable, format: (typeof formats)[number]): string {
  const files = `'${to}/${table.name}/**/*.${format}'`;
  const hive = isPartitioned(table)
    ? "hive_partitioning = true, hive_types = {'account': VARCHAR}"
    : "hive_partitioning = false";
  // A reader would give DuckDB the types of the manifest.
  const columns = Object.entries(typesIn(to, table.name)).map(
    ([name, type]) => `'${name}': '${type === "BLOB" ? "VARCHAR" : type}'`,
  );
  const account = isPartitioned(table) ? ["'account': 'VARCHAR'"] : [];
  const declared = `columns = {${columns.join(", ")}}`;
  const from = {
    parquet: `read_parquet(${files}, ${hive})`,
    csv: `read_csv(${files}, ${hive}, ${declared}, header = true, allow_quoted_nulls = false, strict_mode = true)`,
    ndjson: `read_json(${files}, ${hive}, columns = {${[...columns, ...account].join(", ")}}, format = 'newline_delimited')`,
  }[format];
  const hex = (name: string) =>
    format === "parquet" ? `hex("${name}") AS "${name}"` : `hex(from_base64("${name}")) AS "${name}"`;
  const replaced = blobsOf(table).map(hex);
  return `SELECT * ${replaced.length > 0 ? `REPLACE (${replaced.join(", ")})` : ""} FROM ${from}`;
}

const isPartitioned = ({ columns }: DictionaryTable) => columns.some(({ name }) => name === "account");

function inOrder({ primary_key }: DictionaryTable): string {
  return ` ORDER BY ${primary_key.map((column) => `"${column}"`).join(", ")}`;
}

interface Manifest {
  readonly format: string;
  readonly schema_version: number;
  readonly exported_at: string;
  readonly accounts: readonly string[];
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly files: readonly { readonly path: string; readonly rows: number }[];
}

const manifestIn = (to: string): Manifest => JSON.parse(readFileSync(join(to, "_export.json"), "utf8"));

function typesIn(to: string, name: string): Record<string, string> {
  const columns = manifestIn(to).tables.find((table) => table.name === name)?.columns ?? [];
  return Object.fromEntries(columns.map((column) => [column.name, column.type]));
}

const everyTable = createDictionary().flatMap(({ name }) => ["--table", name]);
const left = ["exports", "exports.lock", "warehouse.db"];

describe("what is refused", () => {
  test("wrong usage exits with 2, says what to do and makes nothing", async () => {
    const { folder, exporting, started } = odd();
    const before = tree(folder);
    const cases: [Promise<Ended>, string][] = [
      [run(["export"], { cwd: folder }), "required option '--to <folder>' not specified"],
      [started(["--format", "xlsx"]), "Allowed choices are parquet, csv, ndjson"],
      [exporting(["--table", "jars"]), 'there is no table "jars"'],
      [exporting(["--account", "production"]), 'the warehouse has no account "production"'],
      [
        exporting(["--account", "default", "--table", "mrr_by_day_all_accounts"]),
        "mrr_by_day_all_accounts contains sums over all accounts",
      ],
    ];
    for (const [ending, reason] of cases) {
      const { code, stdout, stderr } = await ending;
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(reason);
    }
    expect((await exporting(["--account", "production"])).stderr).toContain("There are: default, eu-west.");
    expect(tree(folder)).toEqual(before);
  });

  test("without a warehouse, or with one that holds no account, there is nothing to export", async () => {
    const cwd = temporaryFolder();
    const absent = await runHere(["export", "--to", "exports"], { cwd });
    expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no warehouse at") });
    const here = odd();
    changeIn(
      here.warehouse,
      createDictionary()
        .filter(isPartitioned)
        .map(({ name }) => `DELETE FROM "${name}";`)
        .join("\n"),
    );
    const empty = await here.exporting();
    expect(empty).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the warehouse has no account yet"),
    });
    expect(existsSync(here.to)).toBe(false);
  });

  test.each([
    ["a file", ({ to }: Place) => writeFileSync(to, "A walk in the hills."), /it is not a folder/],
    [
      "a folder that no export made",
      ({ to }: Place) => {
        mkdirSync(to);
        writeFileSync(join(to, "notes.txt"), "A walk in the hills.");
      },
      /no export made it/,
    ],
    [
      "a folder with somebody else's _export.json",
      ({ to }: Place) => {
        mkdirSync(to);
        writeFileSync(join(to, "_export.json"), '{ "made_by": "a hotel" }');
      },
      /no export made it/,
    ],
    [
      "a folder with an _export.json that is no JSON",
      ({ to }: Place) => {
        mkdirSync(to);
        writeFileSync(join(to, "_export.json"), "{");
      },
      /no export made it/,
    ],
    [
      "an export into which somebody has put something",
      async (here: Place) => {
        await exportOnce(here, "--format", "csv");
        writeFileSync(join(here.to, "plans", "notes.txt"), "A walk in the hills.");
      },
      /no export wrote plans\/notes\.txt in it/,
    ],
    [
      "a folder whose unfinished neighbour is somebody else's",
      ({ to }: Place) => {
        mkdirSync(`${to}.exporting`);
        writeFileSync(join(`${to}.exporting`, "notes.txt"), "A walk in the hills.");
      },
      /exports\.exporting is in the way, and no export made it/,
    ],
    [
      "a folder whose neighbour of before is a file",
      ({ to }: Place) => writeFileSync(`${to}.before`, "A walk in the hills."),
      /exports\.before is in the way/,
    ],
  ])("%s is not replaced and not touched", async (_, prepare, reason) => {
    const here = odd();
    await prepare(here);
    const before = tree(here.folder);
    const ends = await Promise.all(formats.map((format) => here.exporting(["--format", format])));
    for (const { code, stdout, stderr } of ends) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(reason);
      expect(stderr).toMatch(inWords);
    }
    expect(tree(here.folder)).toEqual(before);
  });

  test("a folder in a folder that is not there is refused", async () => {
    const { folder } = odd();
    const { code, stderr } = await runHere(["export", "--to", "nowhere/exports"], { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/the folder .*nowhere for the export does not exist/),
    });
    expect(readdirSync(folder)).toEqual(["warehouse.db"]);
  });

  test("without DuckDB, Parquet exits with 2 and says how to install it; CSV and NDJSON need none", async () => {
    const { warehouse } = odd();
    const folder = temporaryFolder();
    installPackage(folder);
    const cli = join(folder, "node_modules/chartmogul-warehouse/dist/cli.js");
    const own = (...args: string[]) =>
      run(args, { cwd: folder, env: { WAREHOUSE_PATH: warehouse }, program: cli });
    const { code, stdout, stderr } = await own("export", "--to", "exports");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^error: Parquet files need DuckDB.*\nhint: {2}Run `npm install @duckdb\/node-api`/,
    );
    expect(existsSync(join(folder, "exports"))).toBe(false);
    const others = ["csv", "ndjson"].map((format) => own("export", "--to", format, "--format", format));
    for (const ended of await Promise.all(others)) expect(ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("a second export to the same folder exits with 3 while the first is running", async () => {
    const here = await oddExported("--format", "csv");
    const before = tree(here.to);
    onTestFinished(lockWarehouse(here.to, () => undefined));
    const { code, stderr } = await here.started(["--format", "csv"]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining("another export is writing"),
    });
    expect(tree(here.to)).toEqual(before);
  });
});

describe("what goes wrong leaves the old export", () => {
  test.each(formats)("where the disk is full, in %s", async (format) => {
    const here = await oddExported("--format", format);
    const before = tree(here.to);
    const { code, stdout, stderr } = await here.started(["--format", format], { kibibytes: 1 });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: cannot export .*; what was there is as it was\nhint: /);
    expect(stderr).toMatch(inWords);
    expect(tree(here.to)).toEqual(before);
    expect(readdirSync(here.folder).sort()).toEqual(left);
  });

  test.each(formats)("where the warehouse holds what its column must not, in %s", async (format) => {
    const here = await oddExported("--format", format);
    const before = tree(here.to);
    changeIn(here.warehouse, "UPDATE customers SET mrr_in_cents = 'much' WHERE account = 'eu-west'");
    const { code, stdout, stderr } = await here.exporting(["--format", format]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('customers.mrr_in_cents of eu-west holds "much", which is not a BIGINT');
    expect(stderr).toMatch(inWords);
    expect(tree(here.to)).toEqual(before);
    expect(readdirSync(here.folder).sort()).toEqual(left);
  });

  test.each(formats)("where a file has not as many rows as its table, in %s", async (format) => {
    const here = await oddExported("--format", format);
    const before = tree(here.to);
    insertPastIndex(here.warehouse, "plans");
    const { code, stdout, stderr } = await here.exporting(["--format", format]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`plans/account=default/plans.${format} has 9 rows instead of 8`);
    expect(stderr).toMatch(inWords);
    expect(tree(here.to)).toEqual(before);
    expect(readdirSync(here.folder).sort()).toEqual(left);
  });

  test("where a day is in no calendar", async () => {
    const here = odd();
    changeIn(here.warehouse, "UPDATE daily_metrics SET date = '2024-02-30' WHERE date = '2024-02-29'");
    const { code, stderr } = await here.exporting();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: cannot export .*2024-02-30.*\nhint: /s);
    expect(readdirSync(here.folder).sort()).toEqual(["exports.lock", "warehouse.db"]);
  });

  test.skipIf(!reachable)("where nothing may be written", async () => {
    const here = await oddExported("--format", "csv");
    const before = tree(here.to);
    chmodSync(here.folder, 0o555);
    chmodSync(here.warehouse, 0o444);
    onTestFinished(() => chmodSync(here.folder, 0o755));
    const ends = await Promise.all(
      formats.map((format) => here.started(["--format", format], { user: nobody })),
    );
    for (const { code, stdout, stderr } of ends) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(inWords);
    }
    expect(tree(here.to)).toEqual(before);
    expect(readdirSync(here.folder).sort()).toEqual(left);
  });

  test("where it was cut off: the old one is put back, and what it left is removed", async () => {
    const here = odd();
    expect((await here.exporting(["--format", "csv", "--table", "plans"])).code).toBe(0);
    const before = tree(here.to);
    // Between the two renames.
    renameSync(here.to, `${here.to}.before`);
    mkdirSync(`${here.to}.exporting`);
    writeFileSync(join(`${here.to}.exporting`, "_export.unfinished"), "");
    writeFileSync(join(`${here.to}.exporting`, "half.csv"), "a,b");
    changeIn(here.warehouse, "UPDATE plans SET name = x'00' WHERE account = 'default'");
    expect((await here.exporting(["--format", "csv"])).code).toBe(2);
    expect(tree(here.to)).toEqual(before);
    expect(readdirSync(here.folder).sort()).toEqual(left);

    // Before the old one was removed.
    mkdirSync(`${here.to}.before`);
    expect((await here.exporting(["--format", "csv", "--table", "customers"])).code).toBe(0);
    expect(manifestIn(here.to).tables.map(({ name }) => name)).toEqual(["customers"]);
    expect(readdirSync(here.folder).sort()).toEqual(left);
  });

  test("where it is killed while it writes", async () => {
    const here = await synced();
    const to = join(here.folder, "exports");
    const args = ["export", "--to", to, "--format", "csv"];
    expect((await here.runHere(args)).code).toBe(0);
    const before = tree(to);
    const killed = here.start(args);
    await until(() => existsSync(`${to}.exporting`));
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(tree(to)).toEqual(before);
    expect((await here.runHere(args)).code).toBe(0);
    expect(readdirSync(here.folder).sort()).toEqual([...left, "warehouse.db.lock"]);
  });
});

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function synced(): Promise<SceneHere> {
  const here = await syncedScene({ accounts: ["default", "production"] });
  // Every sync leaves it; here it may have been another scene's.
  writeFileSync(`${here.warehouse}.lock`, "");
  return here;
}

describe("what is written", () => {
  test("every column of every table has its type, as DuckDB sees it", async () => {
    const { to } = await oddExported(...everyTable, "--format", "parquet");
    const inDuckdb: Readonly<Record<string, string>> = {
      TEXT: "VARCHAR",
      INTEGER: "BIGINT",
      DOUBLE: "DOUBLE",
      BOOLEAN: "BOOLEAN",
      DATE: "DATE",
      DATETIME: "TIMESTAMP",
      BLOB: "BLOB",
    };
    const ask = await duckdbOfTest();
    for (const table of createDictionary()) {
      const expected = table.columns
        .filter(({ name }) => name !== "account")
        .flatMap((column) => {
          const { name, type } = column;
          const units = name.replace(/_in_cents$/, "");
          const isAdded = units !== name && !table.columns.some((other) => other.name === units);
          return [
            [name, isMoney(table, column) ? "DECIMAL(19,2)" : inDuckdb[type]],
            ...(isAdded ? [[units, "DECIMAL(19,2)"]] : []),
          ];
        });
      const files = `read_parquet('${to}/${table.name}/**/*.parquet', hive_partitioning = false)`;
      const seen = await ask(`DESCRIBE SELECT * FROM ${files}`);
      expect(
        seen.map((column) => [column["column_name"], column["column_type"]]),
        table.name,
      ).toEqual(expected);
      expect(Object.entries(typesIn(to, table.name)), table.name).toEqual(expected);
    }
  });

  test.each(formats)("every row of every table comes back from %s as it was stored", async (format) => {
    const { to, warehouse } = await oddExported(...everyTable, "--format", format);
    const ask = await duckdbOfTest();
    for (const table of createDictionary().filter(({ name }) => name !== emptyTable)) {
      const rows = await ask(reading(to, table, format) + inOrder(table));
      expect(rows.length, table.name).toBeGreaterThan(0);
      expect(rows, table.name).toEqual(stored(warehouse, table));
    }
  });

  test("money adds up to the cent, and an empty text is not NULL", async () => {
    const { to, warehouse } = await oddExported();
    const sqlite = new Database(warehouse, { readonly: true });
    const cents = sqlite
      .prepare<[], bigint>("SELECT sum(amount_in_cents) FROM invoice_line_items")
      .safeIntegers()
      .pluck()
      .get();
    sqlite.close();
    const [sums] = await duckdb(
      `SELECT sum(amount_in_cents)::VARCHAR AS cents, sum(amount)::VARCHAR AS amount,
         count(*) FILTER (description = '') AS empty, count(*) FILTER (description IS NULL) AS none
       FROM read_parquet('${to}/invoice_line_items/**/*.parquet')`,
    );
    expect(sums).toEqual({
      cents: String(cents),
      amount: String(cents).replace(/(..)$/, ".$1"),
      empty: "2",
      none: "2",
    });
  });

  test("in CSV an empty text is quoted and NULL is nothing; in NDJSON money has two digits", async () => {
    const { to, exporting } = odd();
    expect((await exporting(["--table", "plans", "--format", "csv"])).code).toBe(0);
    const csv = readFileSync(join(to, "plans/account=default/plans.csv"), "utf8");
    expect(csv).toMatch(/^uuid,external_id,name,/);
    expect(csv).toContain(',"says ""no"", twice",');
    expect(csv).toContain(',"",');
    expect(csv).toContain(",,");
    expect((await exporting(["--table", "customers", "--format", "ndjson"])).code).toBe(0);
    const ndjson = readFileSync(join(to, "customers/account=default/customers.ndjson"), "utf8");
    expect(ndjson).toContain('"mrr_in_cents":-1999,"mrr":-19.99,');
    expect(ndjson).toContain('"mrr_in_cents":900719925474099,"mrr":9007199254740.99,');
    expect(ndjson).toContain('"mrr_in_cents":null,"mrr":null,');
    expect(ndjson).toMatch(/:"1969-12-31T23:59:59"/);
    expect(ndjson.trim().split("\n")).toHaveLength(8);
  });

  test("a folder for each table and account, also where there are no rows, and a manifest that says what is in them", async () => {
    const { to, started } = odd();
    const { code, stdout } = await started();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/exports: \d+ tables, \d+ rows, [\d.]+ MB of parquet\n$/),
    });
    const inner = [
      "raw_records",
      "sync_checkpoints",
      "sync_compression_dictionaries",
      "sync_refresh_queue",
      "sync_retries",
      "sync_seen_keys",
      "sync_tombstones",
    ];
    const outer = createDictionary().filter(({ name }) => !inner.includes(name));
    expect(outer).toHaveLength(createDictionary().length - inner.length);
    const files = outer.flatMap((table) =>
      isPartitioned(table)
        ? ["default", "eu-west"].map((account) => `${table.name}/account=${account}/${table.name}.parquet`)
        : [`${table.name}/${table.name}.parquet`],
    );
    expect(Object.keys(tree(to))).toEqual([...files, "_export.json"].sort());
    const manifest = manifestIn(to);
    expect(manifest).toMatchObject({
      made_by: "chartmogul-warehouse export",
      format: "parquet",
      schema_version: expect.any(Number),
      accounts: ["default", "eu-west"],
    });
    expect(Date.parse(manifest.exported_at)).toBeGreaterThan(Date.now() - 60_000);
    expect(manifest.tables.map(({ name }) => name)).toEqual(outer.map(({ name }) => name));
    expect(manifest.files.map(({ path }) => path).sort()).toEqual(files.sort());
    const ask = await duckdbOfTest();
    for (const { path, rows } of manifest.files) {
      const counted = await ask(`SELECT count(*) AS rows FROM read_parquet('${to}/${path}')`);
      expect({ path, rows: String(rows) }).toEqual({ path, ...counted[0] });
    }
    const rowsOf = (name: string) => manifest.tables.find((table) => table.name === name)?.rows;
    expect([rowsOf(emptyTable), rowsOf(halfEmptyTable), rowsOf("customers")]).toEqual([0, 8, 16]);
    const empty = await ask(
      `DESCRIBE SELECT * FROM read_parquet('${to}/${emptyTable}/**/*.parquet', hive_partitioning = true)`,
    );
    expect(empty.map((column) => column["column_name"])).toContain("account");
  });

  test("--table and --account write only these, and a later export replaces all of the one before", async () => {
    const { to, exporting } = await oddExported();
    const args = ["--table", "plans", "--table", "raw_records", "--table", "plans", "--account", "eu-west"];
    const { code, stdout } = await exporting(args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("2 tables, 16 rows") });
    expect(Object.keys(tree(to))).toEqual([
      "_export.json",
      "plans/account=eu-west/plans.parquet",
      "raw_records/account=eu-west/raw_records.parquet",
    ]);
    expect(manifestIn(to).accounts).toEqual(["eu-west"]);
  });

  test("an export of some accounts has no sums over all", async () => {
    const { to, exporting } = await oddExported("--format", "csv");
    const sums = () => manifestIn(to).tables.filter(({ name }) => name.endsWith("_all_accounts")).length;
    expect(sums()).toBe(10);
    expect((await exporting(["--format", "csv", "--account", "default"])).code).toBe(0);
    expect(sums()).toBe(0);
    expect(Object.keys(typesIn(to, "top_customers"))).toContain("rank");
    expect(
      Object.keys(typesIn(to, "top_customers")).filter((name) => name.endsWith("_all_accounts")),
    ).toEqual([]);
  });

  test("an export may be read by those who may read the warehouse, a later one by those who could read the one before", async () => {
    const { to, exporting, warehouse } = odd();
    chmodSync(warehouse, 0o640);
    expect((await exporting(["--format", "csv"])).code).toBe(0);
    expect(statSync(to).mode & 0o777).toBe(0o750);
    chmodSync(to, 0o705);
    expect((await exporting(["--format", "csv"])).code).toBe(0);
    expect(statSync(to).mode & 0o777).toBe(0o705);
  });

  test("an empty folder is filled, and a link to a folder stays one", async () => {
    const { folder, to, exporting } = odd();
    mkdirSync(to);
    const link = join(folder, "link");
    symlinkSync(to, link);
    expect((await runHere(["export", "--to", "link", "--format", "csv"], { cwd: folder })).code).toBe(0);
    expect(readdirSync(link)).toEqual(readdirSync(to));
    expect((await exporting(["--format", "ndjson"])).code).toBe(0);
    expect(manifestIn(link).format).toBe("ndjson");
    expect(readdirSync(folder).sort()).toEqual(["exports", "exports.lock", "link", "warehouse.db"]);
  });
});

describe("while a sync is running", () => {
  test("the last committed state is written, and the sync continues", async () => {
    const here = await synced();
    const { url, reached, release } = await holding(here, /\/plans/);
    const { ended } = here.start(["sync"], { CHARTMOGUL_API_URL: url });
    await reached;
    const to = join(here.folder, "exports");
    expect(await here.run(["export", "--to", to])).toMatchObject({ code: 0, stderr: "" });
    const counted = await duckdb(`SELECT count(*) AS plans FROM read_parquet('${to}/plans/**/*.parquet')`);
    expect(counted).toEqual([{ plans: String(here.value("SELECT count(*) FROM plans")) }]);
    release();
    expect((await ended).code).toBe(0);
    expect(readdirSync(here.folder)).not.toContain("exports.exporting");
  });

  test("all tables are of the same moment, whatever is committed between them", async () => {
    const { warehouse, to } = odd();
    const { sqlite, close } = openWarehouse(warehouse);
    onTestFinished(close);
    const addBoth = sqlite.transaction((uuid: string) => {
      for (const table of ["plans", "tasks"]) {
        sqlite.prepare(`INSERT INTO ${table} (account, uuid) VALUES ('default', ?)`).run(uuid);
      }
    });
    sqlite.exec("DELETE FROM plans; DELETE FROM tasks");
    let written = 0;
    let going = true;
    const write = () => {
      if (!going) return;
      written += 1;
      addBoth(`new-${written}`);
      setTimeout(write, 1);
    };
    write();
    const order = ["plans", "customers", "invoices", "contacts", "tasks"].map(describeTable);
    const whole = { path: warehouse, to, format: "parquet", accounts: [], now: () => new Date() } as const;
    await exportWarehouse({ ...whole, tables: order, allTables: order });
    going = false;
    const rows = Object.fromEntries(manifestIn(to).tables.map((table) => [table.name, table.rows]));
    expect(rows["tasks"]).toBe(rows["plans"]);
    expect(written).toBeGreaterThan((rows["plans"] ?? 0) + 1);
  });

  test("one export after the other has whole pages only", async () => {
    const here = await sceneHere(smallWorld("default", 150));
    expect((await here.runHere(["sync", "--only", "plans"])).code).toBe(0);
    const sync = here.start(["sync", "--only", "invoices"], { CHARTMOGUL_REQUESTS_PER_SECOND: "25" });
    let going = true;
    const ended = sync.ended.finally(() => {
      going = false;
    });
    const seen: number[] = [];
    const tables = ["invoices", "invoice_line_items", "raw_records"];
    const named = tables.flatMap((table) => ["--table", table]);
    const ask = await duckdbOfTest();
    while (going) {
      const { code, stderr } = await here.runHere(["export", "--to", "exports", "--format", "csv", ...named]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const to = join(here.folder, "exports");
      const csv = (table: string) => `read_csv('${to}/${table}/**/*.csv', header = true, all_varchar = true)`;
      const [counted] = await ask(
        `SELECT (SELECT count(*) FROM ${csv("invoices")}) AS invoices,
          (SELECT count(*) FROM ${csv("raw_records")} WHERE resource = 'invoices') AS raw,
          (SELECT count(*) FROM ${csv("invoice_line_items")} AS line
            WHERE line.invoice_uuid NOT IN (SELECT uuid FROM ${csv("invoices")})) AS orphans`,
      );
      expect(counted?.["invoices"]).toBe(counted?.["raw"]);
      expect(counted?.["orphans"]).toBe("0");
      seen.push(Number(counted?.["invoices"]));
    }
    expect((await ended).code).toBe(0);
    // Some of them fell into the middle of the sync.
    expect(new Set(seen).size).toBeGreaterThan(1);
  });
});
