// What `npm ci` and `npm install` end with in a clone: puts the SQLite driver in place that this Node can run, and builds. Who
// installs the published package has neither to do: npm takes the driver whose `engines` fit, and `dist` is there.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
// npm names itself to what it starts; there is no other way to start it on every system.
const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error("run it with npm: npm run prepare");

// Version 13, which the lock file has for everybody, needs this version of Node's binary interface.
if (Number(process.versions.napi) < 10) useOlderDriver();
if (existsSync(join(root, "node_modules/rolldown"))) run("scripts/build.js", { cwd: root });
else buildElsewhere();

/** Compiles the driver for Node 20, unless that was done before, and puts it in the place of the newer one. */
function useOlderDriver() {
  const folder = join(root, "scripts/driver-for-node-20");
  const driver = join(folder, "node_modules/better-sqlite3");
  const opens = `new (require(${JSON.stringify(driver)}))(":memory:")`;
  if (spawnSync(process.execPath, ["-e", opens]).status !== 0) run(npm, { args: ["ci"], cwd: folder });
  const place = join(root, "node_modules/better-sqlite3");
  rmSync(place, { recursive: true, force: true });
  cpSync(driver, place, { recursive: true });
  for (const name of ["bindings", "file-uri-to-path"]) {
    cpSync(join(folder, "node_modules", name), join(place, "node_modules", name), { recursive: true });
  }
}

/** After `npm ci --omit=dev` there is nothing to build with: it is installed beside a copy of the sources, for this once. */
function buildElsewhere() {
  const copy = mkdtempSync(join(tmpdir(), "chartmogul-warehouse-build-"));
  process.on("exit", () => rmSync(copy, { recursive: true }));
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "src", "scripts"]) {
    const filter = (path) => basename(path) !== "node_modules";
    cpSync(join(root, name), join(copy, name), { recursive: true, filter });
  }
  run(npm, { args: ["ci", "--include=dev", "--ignore-scripts"], cwd: copy });
  run("scripts/build.js", { cwd: copy });
  rmSync(join(root, "dist"), { recursive: true, force: true });
  cpSync(join(copy, "dist"), join(root, "dist"), { recursive: true });
}

function run(script, { args = [], cwd }) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
