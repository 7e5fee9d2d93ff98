import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { installPackage } from "../support/package.ts";

/** The package installed beside a driver of this version, which does this when it is to open a file. */
function installedBeside(version: string, opening: string) {
  const folder = temporaryFolder();
  installPackage(folder);
  const driver = join(folder, "node_modules/better-sqlite3");
  rmSync(driver);
  mkdirSync(driver);
  writeFileSync(join(driver, "package.json"), JSON.stringify({ name: "better-sqlite3", version }));
  writeFileSync(join(driver, "index.js"), `module.exports = function Database() { ${opening} }`);
  const program = join(folder, "node_modules/chartmogul-warehouse/dist/cli.js");
  const asIf = join(folder, "as-if.mjs");
  writeFileSync(
    asIf,
    'Object.defineProperty(process, "versions", { value: { ...process.versions, napi: process.env.NAPI } });',
  );
  return (args: string[], napi = "10") =>
    run(args, { cwd: folder, program, env: { NODE_OPTIONS: `--import=${asIf}`, NAPI: napi } });
}

test("a driver that would end this Node without a word is not opened, and the hint says which one to install", async () => {
  const start = installedBeside("13.2.0", "process.kill(process.pid, 'SIGSEGV')");
  for (const args of [["status"], ["query", "SELECT 1"], ["check"]]) {
    const { code, stderr } = await start(args, "9");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: Node [\d.]+ cannot run the SQLite driver that is installed, better-sqlite3 13\.2\.0\nhint: +Run `npm install better-sqlite3@12`.*\n$/,
    );
  }
});

test.each([
  ["13.2.0", "GLIBC_2.34 not found", "Run `npm install better-sqlite3@12`"],
  ["12.11.1", "was compiled against a different Node.js version", "install this program again"],
])("a driver %s whose binary cannot be loaded is an error in plain words", async (version, reason, hint) => {
  const start = installedBeside(version, `throw new Error("${reason}\\nand more")`);
  const { code, stdout, stderr } = await start(["status"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(
    `error: the SQLite driver better-sqlite3 ${version} cannot be loaded: ${reason}\n`,
  );
  expect(stderr).toContain(hint);
  expect(stderr).not.toMatch(/and more|^\s+at /m);
});

test("--version says what there is also where no driver can be used", async () => {
  const start = installedBeside("13.2.0", 'throw new Error("GLIBC_2.34 not found")');
  const { code, stdout, stderr } = await start(["--version"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /^chartmogul-warehouse \S+ \(Node \S+, no SQLite: the SQLite driver better-sqlite3 13\.2\.0 cannot be loaded: GLIBC_2\.34 not found, schema \d+\)\n$/,
  );
});
