// Installs the package as its users do, on the Node that runs this: from its tarball into an empty folder. Then runs the demo, a
// sync and a report, and imports the library from an ES module, from CommonJS and from TypeScript.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "warehouse-installed-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} RunOptions */

/**
 * Runs a program to its end, which must be a good one without complaints where `volatile`, and gives what it printed.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
function run(program, args, { cwd = folder, env = {}, quiet = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  assert.equal(status, 0, `${program} ${args.join(" ")}: ${error ?? `${stdout}\n${stderr}`}`);
  if (quiet) assert.equal(stderr, "");
  return stdout;
}

/** @type {(what: string, take: () => void | Promise<void>) => Promise<void>} */
const step = async (what, take) => {
  const began = performance.now();
  await take();
  console.log(`ok  ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
};

/** @type {(args: readonly string[], options?: RunOptions) => string} */
const command = (args, options) => run("npx", ["chartmogul-warehouse", ...args], options);

await step(`Node ${process.versions.node}: npm install of the tarball`, () => {
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  const [tarball] = readdirSync(folder);
  // Where a folder above has a package.json, npm would install there.
  // Most packages are in npm's cache already. A registry that falls silent is asked again after a minute, not after five.
  run("npm", ["install", "--prefix", ".", "--prefer-offline", "--fetch-timeout=60000", `./${tarball}`]);
  // Version 12 brings along what it finds its binary with and what it is compiled by.
  if (Number(process.versions["napi"]) >= 10) {
    const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
    assert.deepEqual(installed.sort(), ["better-sqlite3", "chartmogul-warehouse", "node-addon-api"]);
  }
});

await step("--version names the driver for this Node", () => {
  const driver = Number(process.versions["napi"]) < 10 ? 12 : 13;
  assert.match(
    command(["--version"]),
    new RegExp(`\\(Node ${process.versions.node}, SQLite 3[.\\d]+, better-sqlite3 ${driver}\\.`),
  );
});

await step("demo", () => {
  const began = performance.now();
  const said = command(["demo"], { quiet: true });
  assert.ok(performance.now() - began < 30_000);
  assert.match(said, /What next:/);
  assert.ok(statSync(join(folder, "demo-report.html")).size > 500_000);
});

await step("sandbox, sync, report", async () => {
  const sandbox = spawn("npx", ["chartmogul-warehouse", "sandbox", "--port", "0"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  try {
    let said = "";
    for await (const chunk of sandbox.stdout) {
      said += chunk;
      if (said.includes("CHARTMOGUL_API_KEY_TOKYO=")) break;
    }
    const env = Object.fromEntries(
      [...said.matchAll(/^export (\w+)=(.+)$/gm)].map(([, name, value]) => [name, value]),
    );
    command(["sync", "--account", "tokyo"], { env: { ...env, LOG_LEVEL: "warn" } });
    command(["status"], {
      env: { WAREHOUSE_PATH: "warehouse.db", CHARTMOGUL_API_KEY: "", CHARTMOGUL_API_KEY_TOKYO: "x" },
    });
    command(["report", "--output", "own-report.html"]);
    assert.ok(existsSync(join(folder, "own-report.html")));
  } finally {
    if (sandbox.pid !== undefined) process.kill(-sandbox.pid);
  }
});

const asked = `
const chartmogul = openChartmogul({ path: "demo.db", accounts: { tokyo: "no-key-is-used" } });
const { plans, fresh_as_of } = await chartmogul.accounts.tokyo.list_plans({ per_page: 2 });
chartmogul.close();
`;
const printed = "console.log(JSON.stringify({ plans: plans.length, dated: fresh_as_of.endsWith('Z') }));";
const expected = '{"plans":2,"dated":true}\n';

await step("imported from an ES module", () => {
  writeFileSync(
    join(folder, "module.mjs"),
    `import { openChartmogul } from "chartmogul-warehouse";${asked}${printed}`,
  );
  assert.equal(run(process.execPath, ["module.mjs"]), expected);
});

await step("imported from CommonJS", () => {
  writeFileSync(
    join(folder, "common.cjs"),
    `import("chartmogul-warehouse").then(async ({ openChartmogul }) => {${asked}${printed}});`,
  );
  assert.equal(run(process.execPath, ["common.cjs"]), expected);
});

await step("compiled by TypeScript, strict and with its declarations checked", () => {
  writeFileSync(
    join(folder, "typed.mts"),
    `import { openChartmogul, type Plan } from "chartmogul-warehouse";${asked}export const first: Plan | undefined = plans[0];
// @ts-expect-error a parameter that there is not
chartmogul.accounts.tokyo.list_plans({ limit: 1 });
export const age: string = fresh_as_of;`,
  );
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "false", "--types", ""];
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  run(process.execPath, [compiler, ...options, "--module", "nodenext", "--target", "es2023", "typed.mts"]);
});
