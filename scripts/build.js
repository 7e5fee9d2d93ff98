// Builds the package into `dist`: the program together with the libraries that it uses, so that it starts at once and nothing but
// the SQLite driver must be installed beside it; the types of the library; what a report carries. The modules one by one, for
// benchmarks, scripts and the crash test, go to `build`.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { rolldown } from "rolldown";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const build = join(root, "build");

for (const folder of [dist, build]) rmSync(folder, { recursive: true, force: true });
mkdirSync(join(dist, "report"), { recursive: true });
compile();
publicTypes();
const chunks = await bundle();
await reportScripts();
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), packagesIn(chunks).map(licence).join("\n"));
// What each file of the bundle is made of: test/start.test.ts reads it.
writeFileSync(join(build, "chunks.json"), JSON.stringify(chunks, null, 2));

function compile() {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [compiler], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/** Copies the declarations that a user of the library sees. */
function publicTypes() {
  for (const name of ["index", "errors", "chartmogul/records", "functions/chartmogul"]) {
    const declarations = readFileSync(join(build, `${name}.d.ts`), "utf8");
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    writeFileSync(join(dist, `${name}.d.ts`), declarations.replaceAll(/(from ".*)\.ts";/g, '$1.js";'));
  }
}

/** Bundles the command line, the library, and what a query of an agent runs in. Gives the modules of each file, by its name. */
async function bundle() {
  const { output } = await write(
    {
      input: {
        cli: "src/cli.ts",
        index: "src/index.ts",
        "query-child": "src/commands/mcp/query-child.ts",
        "query-deadline": "src/commands/mcp/query-deadline.ts",
      },
      platform: "node",
      // The driver has a binary for each platform, and DuckDB is installed only by who exports Parquet.
      external: ["better-sqlite3", "@duckdb/node-api"],
    },
    { dir: dist, chunkFileNames: "[name]-[hash].js" },
  );
  chmodSync(join(dist, "cli.js"), 0o755);
  return Object.fromEntries(
    output.map(({ fileName, modules }) => [
      fileName,
      Object.keys(modules)
        .filter((id) => id.startsWith(root) && modules[id].renderedLength > 0)
        .map((id) => relative(root, id)),
    ]),
  );
}

/** Puts the scripts that a report carries beside the program, with the licences of those that are not ours. */
async function reportScripts() {
  const plot = dirname(dirname(createRequire(import.meta.url).resolve("@observablehq/plot")));
  const d3 = dirname(dirname(createRequire(join(plot, "package.json")).resolve("d3")));
  for (const [name, folder, script] of [
    ["plot", plot, "plot.umd.min.js"],
    ["d3", d3, "d3.min.js"],
  ]) {
    copyFileSync(join(folder, "dist", script), join(dist, "report", `${name}.js`));
    copyFileSync(join(folder, "LICENSE"), join(dist, "report", `${name}.LICENSE`));
  }
  await write({ input: "src/report/browser/charts.ts" }, { file: join(dist, "report/charts.js") });
}

async function write(input, output) {
  const bundled = await rolldown({ cwd: root, ...input });
  try {
    return await bundled.write({ format: "esm", ...output });
  } finally {
    await bundled.close();
  }
}

/** The folders of the packages that these files are made of. */
function packagesIn(files) {
  const folders = Object.values(files)
    .flat()
    .flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** The terms under which a package is in the bundle. */
function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  // Who leaves the text out of the package has the same terms as another who does not.
  const text = textIn(folder) ?? (license === "Apache-2.0" ? textIn("node_modules/typescript") : undefined);
  if (text === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${text}\n`;
}

function textIn(folder) {
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  return file && readFileSync(join(root, folder, file), "utf8").trim();
}
