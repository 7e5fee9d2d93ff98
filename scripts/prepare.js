// What `npm ci` and `npm install` end with in a clone: puts a SQLite driver in place that runs here, and builds. Who installs the
// published package has neither to do: npm takes the driver whose `engines` fit, and `dist` is there.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
// npm names itself to what it starts; there is no other way to start it on every system.
const npm = process.env["npm_execpath"] ?? "";
if (!/^npm-cli\.c?js$/.test(basename(npm))) fail("Use npm for it: `npm ci`, or `npm run prepare`.");
// Options of the npm that runs this script are not meant for the one that it starts.
const completely = ["ci", "--include=dev", "--include=optional", "--no-dry-run", "--no-global"];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail("A clone is built with Node 20.19 or newer.");

const driver = join(root, "node_modules/better-sqlite3");
if (!opens(driver)) useOlderDriver();
if (existsSync(join(root, "node_modules/rolldown"))) run("scripts/build.js", { cwd: root });
else buildElsewhere();

/**
 * Whether this driver can open a database: the one that the lock file has ends an older Node with a segmentation fault.
 *
 * @param {string} folder
 */
function opens(folder) {
  const script = `new (require(${JSON.stringify(folder)}))(":memory:")`;
  return spawnSync(process.execPath, ["-e", script]).status === 0;
}

/** Compiles the driver for Node 20, unless that was done before, and puts it in the place of the newer one. */
function useOlderDriver() {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(driver, "package.json"), "utf8"));
  if (version.startsWith("12.")) fail("The SQLite driver was compiled for another Node. Run `npm ci`.");
  const folder = join(root, "scripts/driver-for-node-20");
  const older = join(folder, "node_modules/better-sqlite3");
  if (!opens(older)) run(npm, { args: completely, cwd: folder });
  if (!opens(older)) fail(`There is no SQLite driver that runs on Node ${process.versions.node} here.`);
  rmSync(driver, { recursive: true });
  cpSync(older, driver, { recursive: true });
  for (const name of ["bindings", "file-uri-to-path"]) {
    cpSync(join(folder, "node_modules", name), join(driver, "node_modules", name), { recursive: true });
  }
}

/** After `npm ci --omit=dev` there is nothing to build with: it is installed beside a copy of the sources, for this once. */
function buildElsewhere() {
  const copy = mkdtempSync(join(tmpdir(), "chartmogul-warehouse-build-"));
  process.on("exit", () => rmSync(copy, { recursive: true }));
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "src", "scripts"]) {
    /** @param {string} path */
    const filter = (path) => basename(path) !== "node_modules";
    cpSync(join(root, name), join(copy, name), { recursive: true, filter });
  }
  run(npm, { args: [...completely, "--ignore-scripts"], cwd: copy });
  run("scripts/build.js", { cwd: copy });
  rmSync(join(root, "dist"), { recursive: true, force: true });
  cpSync(join(copy, "dist"), join(root, "dist"), { recursive: true });
}

/**
 * @param {string} script
 * @param {{ args?: string[], cwd: string }} options
 */
function run(script, { args = [], cwd }) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * @param {string} what
 * @returns {never}
 */
function fail(what) {
  console.error(what);
  process.exit(1);
}
