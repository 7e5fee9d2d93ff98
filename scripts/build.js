// Builds the package into `dist`: the program together with the libraries that it uses, so that it starts at once and nothing but
// the SQLite driver must be installed beside it; the types of the library; what a report carries. The modules one by one, for
// benchmarks, scripts and the crash test, go to `build`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { rolldown } from "rolldown";

/** @import { InputOptions, OutputOptions } from "rolldown" */

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const build = join(root, "build");

const began = new Date();
for (const folder of [dist, build]) rmSync(folder, { recursive: true, force: true });
mkdirSync(join(dist, "report"), { recursive: true });
const [chunks] = await Promise.all([bundle(), reportScripts(), compile()]);
publicTypes();
const packages = new Set([...packagesIn(chunks), ...withWhatItNeeds("@observablehq/plot")]);
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), [...packages].sort().map(licence).join("\n"));
// What each file of the bundle is made of: test/start.test.ts reads it. It is as old as the sources that were read.
writeFileSync(join(build, "chunks.json"), JSON.stringify(chunks, null, 2));
utimesSync(join(build, "chunks.json"), began, began);

async function compile() {
  const compiler = spawn(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], {
    cwd: root,
    stdio: "inherit",
  });
  const [status] = await once(compiler, "close");
  if (status !== 0) process.exit(1);
}

/** Copies the declarations that a user of the library sees. */
function publicTypes() {
  for (const name of ["index", "errors", "api/records", "functions/chartmogul"]) {
    const declarations = readFileSync(join(build, `${name}.d.ts`), "utf8");
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    writeFileSync(join(dist, `${name}.d.ts`), declarations.replaceAll(/(from ".*)\.ts";/g, '$1.js";'));
  }
}

/** Bundles the command line, the library, what a query of an agent runs in, and the thread that compresses. Gives the modules of each file, by its name. */
async function bundle() {
  const { output } = await write(
    {
      input: {
        cli: "src/cli.ts",
        index: "src/index.ts",
        "query-child": "src/database/limited-query/query-child.ts",
        "query-deadline": "src/database/limited-query/query-deadline.ts",
        "compression-thread": "src/store/compression-thread.ts",
      },
      platform: "node",
      // The driver has a binary for each platform, and DuckDB is installed only by who exports Parquet.
      external: ["better-sqlite3", "@duckdb/node-api"],
    },
    { dir: dist, chunkFileNames: "[name]-[hash].js" },
  );
  chmodSync(join(dist, "cli.js"), 0o755);
  return Object.fromEntries(
    output.map((file) => [
      file.fileName,
      Object.entries("modules" in file ? file.modules : {})
        .filter(([id, { renderedLength }]) => id.startsWith(root) && renderedLength > 0)
        .map(([id]) => relative(root, id).replaceAll(sep, "/")),
    ]),
  );
}

/** Puts the scripts that a report carries beside the program, with the licences that it carries, too. */
async function reportScripts() {
  const plot = dirname(dirname(createRequire(import.meta.url).resolve("@observablehq/plot")));
  const d3 = dirname(dirname(createRequire(join(plot, "package.json")).resolve("d3")));
  for (const [name, folder, script] of /** @type {const} */ ([
    ["plot", plot, "plot.umd.min.js"],
    ["d3", d3, "d3.min.js"],
  ])) {
    copyFileSync(join(folder, "dist", script), join(dist, "report", `${name}.js`));
    copyFileSync(join(folder, "LICENSE"), join(dist, "report", `${name}.LICENSE`));
  }
  await write({ input: "src/report/browser/charts.ts" }, { file: join(dist, "report/charts.js") });
}

/**
 * @param {InputOptions} input
 * @param {OutputOptions} output
 */
async function write(input, output) {
  const bundled = await rolldown({ cwd: root, ...input });
  try {
    return await bundled.write({ format: "esm", ...output });
  } finally {
    await bundled.close();
  }
}

/**
 * The packages that these files are made of.
 *
 * @param {Record<string, string[]>} files
 */
function packagesIn(files) {
  const names = Object.values(files)
    .flat()
    .flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  if (names.length === 0) throw new Error("there is no library in the bundle");
  return names;
}

/**
 * This package and all that it depends on: the script that it brings for browsers is made of them.
 *
 * @param {string} name
 * @param {Set<string>} [found]
 * @returns {Set<string>}
 */
function withWhatItNeeds(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const needed of Object.keys(manifestOf(name).dependencies ?? {})) withWhatItNeeds(needed, found);
  return found;
}

/**
 * @param {string} name
 * @returns {{ version: string, license: string, dependencies?: Record<string, string> }}
 */
function manifestOf(name) {
  return JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
}

/**
 * The terms under which a package is in what we give away.
 *
 * @param {string} name
 */
function licence(name) {
  const { version, license } = manifestOf(name);
  // Who leaves the text out of the package has the same terms as another who does not.
  const text = textIn(name) ?? (license === "Apache-2.0" ? textIn("typescript") : undefined);
  if (text === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** @param {string} name */
function textIn(name) {
  const folder = join(root, "node_modules", name);
  const file = readdirSync(folder).find((entry) => /^(un)?licen[cs]e(\.\w+)?$/i.test(entry));
  return file && readFileSync(join(folder, file), "utf8").trim();
}
