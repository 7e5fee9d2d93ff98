import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { scene } from "./commands/scene.ts";

const root = join(import.meta.dirname, "..");

/** The modules that each file of `dist` is made of. */
const chunks = JSON.parse(readFileSync(join(root, "build/chunks.json"), "utf8")) as Record<string, string[]>;

interface Loaded {
  /** Packages, the driver's own aside. */
  readonly packages: readonly string[];
  /** Files of ours in `src`. */
  readonly files: readonly string[];
}

/** What a command loads before it ends, as V8 says. */
async function loadedBy(...args: string[]): Promise<Loaded> {
  const { folder, run } = await scene();
  await run(args, { NODE_V8_COVERAGE: join(folder, "coverage") });
  const scripts = readdirSync(join(folder, "coverage")).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, "coverage", name), "utf8")) as {
      result: { url: string }[];
    };
    return result.flatMap(({ url }) => (url.startsWith("file:") ? fileURLToPath(url) : []));
  });
  const modules = scripts
    .map((path) => relative(root, path).replaceAll(sep, "/"))
    .flatMap((path) => (path.startsWith("dist/") ? (chunks[path.slice("dist/".length)] ?? path) : path));
  const packages = modules.flatMap((path) => packageOf.exec(path)?.[1] ?? []);
  const files = modules.flatMap((path) => (path.startsWith("src/") ? path.slice("src/".length) : []));
  return {
    packages: [...new Set(packages)].filter((name) => !ofTheDriver.includes(name)).sort(),
    files: [...new Set(files)].sort(),
  };
}

// The large form of zod costs three times as much as the small one.
const packageOf = /^.*node_modules\/(zod\/v4\/\w+|(?:@[^/]+\/)?[^/]+)/;

// Version 12 finds its binary with these.
const ofTheDriver = ["bindings", "file-uri-to-path"];

const everyStart = [
  "cli.ts",
  "commands/command-line.ts",
  "commands/command.ts",
  "commands/failure.ts",
  "commands/terminal.ts",
  "errors.ts",
  "visible.ts",
];
const everyCommand = [...everyStart, "commands/index.ts", "commands/program.ts"];
// node-cron says whether SYNC_CRON is right; of zod it is the small form.
const configuration = {
  packages: ["node-cron", "zod/v4/core", "zod/v4/mini"],
  files: ["config.ts", "config/api-keys.ts", "config/dotenv.ts", "config/unknown.ts", "log.ts"],
};
const reading = {
  packages: ["better-sqlite3", "commander", ...configuration.packages],
  files: [
    ...everyCommand,
    ...configuration.files,
    "commands/help.ts",
    "commands/table.ts",
    "json/exact-number.ts",
    "package-root.ts",
    "database/driver.ts",
    "database/inspect.ts",
    "database/open-read-only.ts",
    "database/schema-version.ts",
    "database/sqlite-errors.ts",
  ],
};

// What a start loads is what it costs. Whoever adds to these lists makes every start of that command slower: `npm run bench:start`.
describe("a start loads what it uses and nothing else:", () => {
  test("--version", async () => {
    expect(await loadedBy("--version")).toEqual({
      packages: ["better-sqlite3"],
      files: sorted(
        ...everyStart,
        "commands/version.ts",
        "package-root.ts",
        "database/driver.ts",
        "database/schema-version.ts",
      ),
    });
  });

  test("--help", async () => {
    expect(await loadedBy("--help")).toEqual({ packages: ["commander"], files: sorted(...everyCommand) });
  });

  test("status", async () => {
    expect(await loadedBy("status")).toEqual({
      packages: reading.packages,
      files: sorted(
        ...reading.files,
        "commands/describe-missing.ts",
        "commands/describe-odd-fields.ts",
        "commands/status-lines.ts",
        "commands/status.ts",
        "resources/names.ts",
        "database/lock.ts",
        "database/make-file.ts",
        "state/run-state.ts",
        "state/status.ts",
        "state/sync-status.ts",
        "schema/timestamp.ts",
      ),
    });
  });

  test("query", async () => {
    expect(await loadedBy("query", "SELECT 1")).toEqual({
      packages: reading.packages,
      files: sorted(
        ...reading.files,
        "commands/query.ts",
        "database/to-readable.ts",
        "json/write-json.ts",
        "database/query.ts",
      ),
    });
  });

  test("sync", async () => {
    const { packages, files } = await loadedBy("sync");
    expect(packages).toEqual(
      sorted(
        ...reading.packages,
        "drizzle-orm",
        "ky",
        "p-limit",
        "yocto-queue",
        "zod/v4/classic",
        "zod/v4/locales",
      ),
    );
    const folders = [
      "api",
      "database",
      "dictionary",
      "http",
      "json",
      "resources",
      "schema",
      "state",
      "store",
      "summaries",
      "sync",
    ];
    const isEngine = (file: string) => folders.includes(file.split("/")[0] ?? "");
    expect([...new Set(files.filter(isEngine).map((file) => file.split("/")[0]))]).toEqual(folders);
    expect(files.filter((file) => !isEngine(file))).toEqual(
      sorted(
        ...everyCommand,
        ...configuration.files,
        "commands/deadline.ts",
        "commands/help.ts",
        "commands/describe-missing.ts",
        "commands/progress.ts",
        "commands/run-sync.ts",
        "commands/command-log.ts",
        "commands/log-troubles.ts",
        "commands/publish-after-sync.ts",
        "commands/sync-outcome.ts",
        "commands/sync-report.ts",
        "commands/sync-rules.ts",
        "commands/selection.ts",
        "commands/sync.ts",
        "commands/table.ts",
        "package-root.ts",
      ),
    );
  });
});

function sorted(...names: string[]): string[] {
  return names.sort();
}
