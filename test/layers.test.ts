import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const source = resolve(import.meta.dirname, "../src");

// The floors of the house, from the top: a room may need rooms of lower floors and none beside or above it, types included.
// ARCHITECTURE.md says what each room knows.
const floors = [
  ["cli"],
  ["commands", "index"],
  ["export", "mcp"],
  ["dictionary"],
  ["sync", "summaries", "changes", "report", "functions", "verify"],
  ["resources"],
  ["store"],
  ["state", "http", "sandbox"],
  ["database", "api", "config"],
  ["schema", "log"],
  ["json", "visible"],
  ["errors", "package-root"],
];

/** The room of a file in src: its folder, or its own name. */
function roomOf(path: string): string {
  const [first = ""] = relative(source, path).split(sep);
  return first.replace(/\.ts$/, "");
}

const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));

const imports = /^(?:import|export)\s+(?:type\s)?[^;]*?from\s+"(\.[^"]+)"/gm;
const importsLater = /\bimport\("(\.[^"]+)"\)/g;

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join(source, file));

/** What the text of a file imports, at once or later. */
function importsOf(text: string): string[] {
  return [...text.matchAll(imports), ...text.matchAll(importsLater)].map(([, target = ""]) => target);
}

const imported = files.flatMap((file) =>
  importsOf(readFileSync(file, "utf8")).map((target) => ({ file, target: resolve(dirname(file), target) })),
);

test("every room needs only rooms of lower floors", () => {
  const broken = imported.flatMap(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === to || floorOf(from) < floorOf(to)) return [];
    return `${relative(source, file)} must not import from ${to}: see "Rooms" in ARCHITECTURE.md`;
  });
  expect(broken).toEqual([]);
});

test("every room is on a floor", () => {
  expect([...new Set(files.map(roomOf))].filter((room) => floorOf(room) === -1)).toEqual([]);
});

test("ARCHITECTURE.md has every room on its floor", () => {
  const text = readFileSync(join(source, "../ARCHITECTURE.md"), "utf8");
  const rows = [...text.matchAll(/^\| (\d+) +\| `([\w-]+)` +\|/gm)];
  const shown = floors.map((_, index) =>
    rows.filter(([, floor]) => Number(floor) === index + 1).map(([, , room]) => room),
  );
  expect(shown).toEqual(floors);
});

test("inside sync, a folder needs only those before it: plan, write, read, reconcile", () => {
  const order = ["plan", "write", "read", "reconcile"];
  const placeOf = (path: string) => order.indexOf(relative(join(source, "sync"), path).split(sep)[0] ?? "");
  const inFolders = imported.filter(({ file, target }) => placeOf(file) !== -1 && placeOf(target) !== -1);
  expect(inFolders.length).toBeGreaterThan(20);
  const broken = inFolders.filter(({ file, target }) => placeOf(target) > placeOf(file));
  expect(
    broken.map(({ file, target }) => `${relative(source, file)} needs ${relative(source, target)}`),
  ).toEqual([]);
});

test("the engine knows what a resource is, and no single one", () => {
  const known = imported.filter(
    ({ file, target }) => roomOf(file) === "sync" && roomOf(target) === "resources",
  );
  expect(new Set(known.map(({ target }) => relative(source, target)))).toEqual(
    new Set([join("resources", "resource.ts")]),
  );
});

test("no file is named after nothing", () => {
  const nameless = /(^|\/)(utils?|helpers?|lib|types|interfaces|common|misc)\.ts$/;
  expect(files.filter((file) => nameless.test(file))).toEqual([]);
});

test("only config.ts reads the environment", () => {
  const readers = files.filter((file) => readFileSync(file, "utf8").includes("process.env"));
  expect(readers.map((file) => relative(source, file))).toEqual(["config.ts"]);
});

test("only the server for agents loads the protocol that it speaks, and a sync does not load the server", () => {
  const server = join("mcp", sep);
  const outside = files.filter((file) => !relative(source, file).startsWith(server));
  const loading = (file: string) =>
    [...readFileSync(file, "utf8").matchAll(imports)].map(([, target]) => target);
  expect(outside.filter((file) => readFileSync(file, "utf8").includes("@modelcontextprotocol"))).toEqual([]);
  expect(outside.filter((file) => loading(file).some((target) => target?.includes("/mcp/")))).toEqual([]);
});

test("only what writes Parquet names DuckDB, and loads it when it is needed", () => {
  const naming = files.filter((file) => readFileSync(file, "utf8").includes("@duckdb/"));
  const users = naming.map((file) => relative(source, file));
  expect(users.sort()).toEqual([join("commands", "export.ts"), join("export", "parquet.ts")]);
  const loading = /^import (?!type )[^;]*?from\s+"@duckdb/m;
  expect(naming.filter((file) => loading.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("only driver.ts loads the SQLite driver, which must not be opened on a Node that it does not fit", () => {
  const loading = /^import (?!type )[^;]*?from\s+"better-sqlite3"/m;
  const users = files.filter((file) => loading.test(readFileSync(file, "utf8")));
  expect(users.map((file) => relative(source, file))).toEqual([join("database", "driver.ts")]);
});
