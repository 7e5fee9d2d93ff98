import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const source = resolve(import.meta.dirname, "../src");

// What every layer may import besides itself: errors.ts, json/, package-root.ts and visible.ts know nothing and are open to all.
// "types" allows only `import type`. The layers are explained in ARCHITECTURE.md.
const openToAll = ["errors", "json", "package-root", "visible"];
type Permission = "yes" | "types";
const allowed: Readonly<Record<string, Readonly<Record<string, Permission>>>> = {
  errors: {},
  json: {},
  "package-root": {},
  visible: {},
  log: {},
  chartmogul: {},
  warehouse: {},
  sandbox: { chartmogul: "types" },
  resource: { chartmogul: "types", warehouse: "yes" },
  resources: { chartmogul: "yes", warehouse: "yes", resource: "yes" },
  answers: { chartmogul: "yes", warehouse: "yes", resources: "yes" },
  catalogue: { warehouse: "yes", resource: "yes", resources: "yes", answers: "yes" },
  sync: { chartmogul: "types", warehouse: "yes", resource: "types" },
  report: { warehouse: "yes" },
  digest: { warehouse: "yes" },
  verify: { chartmogul: "types", warehouse: "yes", resource: "yes" },
  export: { warehouse: "yes", catalogue: "types" },
  functions: { chartmogul: "yes", warehouse: "yes", resource: "types", resources: "yes" },
  config: { log: "yes" },
  connect: { chartmogul: "yes", config: "types", log: "types" },
  index: { chartmogul: "types", functions: "yes", config: "yes", connect: "yes" },
  commands: {
    chartmogul: "yes",
    warehouse: "yes",
    resource: "yes",
    resources: "yes",
    sync: "yes",
    digest: "yes",
    verify: "yes",
    export: "yes",
    functions: "yes",
    answers: "yes",
    report: "yes",
    catalogue: "yes",
    sandbox: "yes",
    config: "yes",
    connect: "yes",
    log: "yes",
  },
  cli: { commands: "yes", config: "yes" },
};

/** The layer of a file in src: its folder, or its own name; what a resource is made of is one layer. */
function layerOf(path: string): string {
  const [first = ""] = relative(source, path).split(sep);
  const name = first.replace(/\.ts$/, "");
  return ["fields", "known-keys", "row-reader"].includes(name) ? "resource" : name;
}

const imports = /^(?:import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+)"/gm;
const importsLater = /\bimport\("(\.[^"]+)"\)/g;

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join(source, file));

/** What the text of a file imports, at once or later. */
function importsOf(text: string): { readonly target: string; readonly type: boolean }[] {
  return [
    ...[...text.matchAll(imports)].map(([, type, target = ""]) => ({ target, type: type !== undefined })),
    ...[...text.matchAll(importsLater)].map(([, target = ""]) => ({ target, type: false })),
  ];
}

test("every import keeps to the layers", () => {
  const broken = files.flatMap((file) =>
    importsOf(readFileSync(file, "utf8")).flatMap(({ target, type }) => {
      const from = layerOf(file);
      const to = layerOf(resolve(dirname(file), target));
      if (from === to || openToAll.includes(to)) return [];
      const permission = allowed[from]?.[to];
      if (permission === "yes" || (permission === "types" && type)) return [];
      return `${relative(source, file)} must not import ${permission === "types" ? "values" : "anything"} from ${to}/: see "Layers" in ARCHITECTURE.md`;
    }),
  );
  expect(broken).toEqual([]);
});

test("every layer is in the table", () => {
  expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in allowed))).toEqual([]);
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
  const server = join("commands", "mcp", sep);
  const outside = files.filter((file) => !relative(source, file).startsWith(server));
  const loading = (file: string) =>
    [...readFileSync(file, "utf8").matchAll(imports)].map(([, , target]) => target);
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
  expect(users.map((file) => relative(source, file))).toEqual([join("warehouse", "driver.ts")]);
});
