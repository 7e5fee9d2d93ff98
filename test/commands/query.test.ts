import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { bytesIn } from "./scene.ts";
import { type SceneHere, sceneHere } from "./scene-here.ts";

/** A scene whose warehouse has its tables and one of ours. */
async function withJars(): Promise<SceneHere> {
  const here = await sceneHere();
  const { sqlite, close } = openWarehouse(here.warehouse);
  sqlite.exec("CREATE TABLE jars (label TEXT, price); INSERT INTO jars VALUES ('Plum, \"sour\"', 12.5)");
  sqlite.exec("INSERT INTO jars VALUES ('梅 – Käse', NULL)");
  close();
  return here;
}

test("whatever is not one SELECT that SQLite understands is refused with a hint, and nothing is changed", async () => {
  const { run, runHere, folder } = await withJars();
  const onlyReading = "only statements that read are allowed";
  const refused: [string, string][] = [
    ["DELETE FROM jars", onlyReading],
    ["DELETE FROM jars RETURNING *", onlyReading],
    ["PRAGMA journal_mode = WAL", onlyReading],
    ["ATTACH DATABASE 'second.db' AS second", onlyReading],
    ["VACUUM INTO 'copy.db'", onlyReading],
    ["SELECT 1; DROP TABLE jars", "more than one statement"],
    [" -- nothing", "SQL: "],
    ["SELEKT 1", 'near "SELEKT": syntax error'],
    ["SELECT * FROM jar", "no such table: jar"],
    ["SELECT ?", "SQL: "],
  ];
  const before = bytesIn(folder);
  const started = ["DELETE FROM jars", "SELEKT 1"];
  const ends = await Promise.all(
    refused.map(([sql]) => (started.includes(sql) ? run : runHere)(["query", sql])),
  );
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(refused[index]?.[1]);
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  }
  expect(bytesIn(folder)).toEqual(before);
});

test("an error that comes with a later row is reported like any other", async () => {
  const { runHere } = await withJars();
  const { code, stderr } = await runHere([
    "query",
    "SELECT CASE value WHEN 3 THEN json('{') ELSE value END FROM json_each('[1,2,3]')",
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: SQL: malformed JSON\nhint: /);
});

test("two columns of one name are refused in JSON with what to do", async () => {
  const { runHere } = await withJars();
  const { code, stderr } = await runHere(["query", "SELECT 'a' AS x, 'b' AS x", "--format", "json"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'error: two columns have the name "x"\nhint:  Name each column with AS.\n',
  });
});

test("a table may have more rows than a function takes arguments", async () => {
  const { runHere } = await withJars();
  const numbers =
    "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000) SELECT x FROM n";
  const { code, stdout } = await runHere(["query", numbers]);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(200_002);
});

test("without a warehouse, or with an unknown format, query exits with 2 and says why", async () => {
  const { run, runHere } = await sceneHere();
  const [absent, format] = await Promise.all([
    runHere(["query", "SELECT 1"]),
    run(["query", "SELECT 1", "--format", "xml"]),
  ]);
  expect(absent.code).toBe(2);
  expect(absent.stderr).toMatch(/error: there is no warehouse at warehouse\.db\nhint: .*sync/);
  expect(format.code).toBe(2);
  expect(format.stderr).toContain("Allowed choices are table, csv, json");
});

test("the same rows come as a table, as CSV and as JSON", async () => {
  const { run, runHere } = await withJars();
  const sql = "SELECT label, price, 1234567 AS \"total, all\", x'beef' AS bytes FROM jars ORDER BY rowid";
  const [table, csv, json] = await Promise.all([
    run(["query", sql]),
    runHere(["query", sql, "--format", "csv"]),
    run(["query", sql, "--format", "json"]),
  ]);
  expect(table).toEqual({
    code: 0,
    stderr: "",
    stdout: [
      "label         price  total, all  bytes",
      "------------  -----  ----------  -------",
      "Plum, \"sour\"   12.5     1234567  x'beef'",
      `${"梅 – Käse".padEnd(12)}   ${" ".repeat(4)}     1234567  x'beef'`,
      "",
    ].join("\n"),
  });
  expect(csv).toEqual({
    code: 0,
    stderr: "",
    stdout: `label,price,"total, all",bytes\n"Plum, ""sour""",12.5,1234567,x'beef'\n梅 – Käse,,1234567,x'beef'\n`,
  });
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout)).toEqual([
    { label: 'Plum, "sour"', price: 12.5, "total, all": 1_234_567, bytes: "x'beef'" },
    { label: "梅 – Käse", price: null, "total, all": 1_234_567, bytes: "x'beef'" },
  ]);
});

test("CSV keeps line breaks and quotes inside quotes, and the table puts them on one line", async () => {
  const { runHere } = await withJars();
  const sql = "SELECT 'up' || char(10) || 'down' AS directions, '7\" jar' AS size";
  const [table, csv] = await Promise.all([
    runHere(["query", sql]),
    runHere(["query", sql, "--format", "csv"]),
  ]);
  expect(csv.stdout).toBe('directions,size\n"up\ndown","7"" jar"\n');
  expect(table.stdout).toContain('up␊down     7" jar\n');
});

test("no rows are an empty table, a header alone, and an empty JSON list", async () => {
  const { runHere } = await withJars();
  const sql = "SELECT label FROM jars WHERE price > 99";
  const [table, csv, json] = await Promise.all([
    runHere(["query", sql]),
    runHere(["query", sql, "--format", "csv"]),
    runHere(["query", sql, "--format", "json"]),
  ]);
  expect(table).toMatchObject({ code: 0, stdout: "label\n-----\n" });
  expect(csv).toMatchObject({ code: 0, stdout: "label\n" });
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout)).toEqual([]);
});

test("a reader that stops early, as head does, gets no stack trace", async () => {
  const { start } = await withJars();
  const many =
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 100000) SELECT n FROM counted";
  const { child, ended } = start(["query", many, "--format", "csv"]);
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});

test("a warehouse that is being written is read with what was committed last", async () => {
  const { run, warehouse } = await withJars();
  const sqlite = new Database(warehouse);
  onTestFinished(() => void sqlite.close());
  sqlite.pragma("journal_mode = WAL");
  sqlite.exec("INSERT INTO jars VALUES ('late', 1)");
  const asked = await run(["query", "SELECT count(*) AS jars FROM jars", "--format", "csv"]);
  expect(asked).toEqual({ code: 0, stdout: "jars\n3\n", stderr: "" });
});
