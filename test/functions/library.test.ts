import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Scene, tiny } from "../commands/scene.ts";
import { sceneHere } from "../commands/scene-here.ts";
import { temporaryFolder } from "../support/folder.ts";
import { compile, installPackage } from "../support/package.ts";

/** Runs the compiled script and gives what it printed. */
async function runScript(
  { folder, environment }: Scene,
  script: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  if (script !== "") writeFileSync(join(folder, "script.js"), script);
  const options = { cwd: folder, env: { PATH: process.env["PATH"], ...environment, ...env } };
  // Not synchronously: the sandbox answers from this process.
  const { stdout } = await promisify(execFile)(process.execPath, ["script.js"], options);
  return JSON.parse(stdout);
}

async function withLibrary(...worlds: Parameters<typeof sceneHere>) {
  const here = await sceneHere(...worlds);
  expect((await here.runHere(["sync"])).code).toBe(0);
  installPackage(here.folder);
  return here;
}

test("a script in a fresh folder imports the published package, has its types checked, and gets results", async () => {
  const here = await withLibrary(tiny(), tiny("production"));
  const said = compile(
    here.folder,
    `import { type Customer, NotFoundError, openChartmogul } from "chartmogul-warehouse";
const chartmogul = openChartmogul();
const page = await chartmogul.list_customers({ status: "active", per_page: 2 });
const [first]: readonly Customer[] = page.entries;
const named = await chartmogul.default.list_customers({ status: "active", per_page: 2 });
const { plans } = await chartmogul.production.list_plans({ per_page: 200, live: true });
const units: ("day" | "month" | "year")[] = plans.map(({ interval_unit }) => interval_unit);
let invoices = 0;
for await (const { line_items } of chartmogul.production.walk_invoices()) invoices += line_items.length >= 0 ? 1 : 0;
let subscriptions = 0;
for await (const { status } of chartmogul.accounts.default.walk_subscriptions({ live: false })) subscriptions += status === "active" ? 1 : 0;
const { entries: months } = await chartmogul.get_metrics({ start_date: "2025-01-01", end_date: "2025-03-31" });
const mrr: number | null | undefined = months[0]?.mrr;
const missing = await chartmogul.get_customer({ id: "cus_nobody" }).catch((error: unknown) => error instanceof NotFoundError);
// @ts-expect-error a parameter that there is not
const unknown = await chartmogul.list_plans({ limit: 5 }).catch((error: Error) => error.message);
// @ts-expect-error one that is missing
const without = await chartmogul.get_customer().catch((error: Error) => error.message);
const nobody = await chartmogul.nobody.list_plans().catch((error: Error) => error.message);
chartmogul.close();
const closed = await chartmogul.list_plans().catch((error: Error) => error.message);
console.log(JSON.stringify({ first: first?.status, same: JSON.stringify(page) === JSON.stringify(named), units: units.length, invoices, subscriptions, mrr: typeof mrr, missing, unknown, without, nobody, closed }));
`,
  );
  expect(said).toBe("");
  const [world, production] = here.worlds;
  expect(await runScript(here, "")).toEqual({
    first: "Active",
    same: true,
    units: production?.plans.length,
    invoices: production?.invoices.length,
    subscriptions: [...(world?.subscriptions.values() ?? [])]
      .flat()
      .filter(({ status }) => status === "active").length,
    mrr: "number",
    missing: true,
    unknown: 'list_plans has no parameter "limit"',
    without: "id is missing",
    nobody: 'there is no account "nobody" with a key or in the warehouse',
    closed: "it was closed",
  });
});

test("path and accounts can be given instead of the environment, and an account may be called like a function", async () => {
  const here = await withLibrary(tiny("close"));
  const [world] = here.worlds;
  const answer = await runScript(
    here,
    `import { openChartmogul } from "chartmogul-warehouse";
const chartmogul = openChartmogul({ path: "warehouse.db", accounts: { close: ${JSON.stringify(world?.key)} } });
const user = await chartmogul.accounts.close.get_current_user();
const only = await chartmogul.get_current_user({ live: false });
chartmogul.close();
const bad = (() => { try { openChartmogul({ accounts: { eu: undefined } }); } catch (error) { return error.message; } })();
console.log(JSON.stringify({ names: [user.account, only.account], verified: [user.verified, only.verified], bad }));
`,
    { CHARTMOGUL_API_KEY_CLOSE: "", WAREHOUSE_PATH: "elsewhere.db" },
  );
  expect(answer).toEqual({
    names: ["close", "close"],
    verified: [true, false],
    bad: "accounts.eu is not an API key",
  });
});

test("it can be compiled with a bundler and in CommonJS, and a mistake in its options is a type error", () => {
  const folder = temporaryFolder();
  installPackage(folder);
  const bundled = `import { type Chartmogul, type ListCustomersOptions, openChartmogul } from "chartmogul-warehouse";
export const chartmogul: Chartmogul<"eu" | "us"> = openChartmogul({ accounts: { eu: "key", us: "key" } });
export const options: ListCustomersOptions = { status: "any spelling", per_page: undefined, live: undefined };
export const page = chartmogul.eu.list_customers(options);
export const metrics = chartmogul.get_metrics({ start_date: "2025-01-01", end_date: "2025-03-31", interval: "quarter", type: "percentage" });
// Their types can be named in the declarations of who exports them.
export const custom = page.then(({ entries }) => entries.map(({ attributes }) => attributes.custom));
export const edits = chartmogul.list_invoices().then(({ invoices }) => invoices.map((invoice) => invoice.edit_history_summary));
export const plans = chartmogul.us.walk_plans({ live: true });
// @ts-expect-error a length of interval that there is not
chartmogul.get_metrics({ start_date: "2025-01-01", end_date: "2025-03-31", interval: "decade" });
// @ts-expect-error a number in words
chartmogul.list_plans({ per_page: "fifty" });
// @ts-expect-error a page of what is read to its end
chartmogul.walk_customers({ page: 2 });
// @ts-expect-error an account that was not named
chartmogul.asia;
`;
  const common = `export async function invoices(): Promise<number> {
  const { openChartmogul } = await import("chartmogul-warehouse");
  const chartmogul = openChartmogul();
  const { entries } = await chartmogul.list_invoices({ customer_uuid: "cus_1", live: false });
  chartmogul.close();
  return entries.length;
}
`;
  expect(compile(folder, bundled, "bundled.ts")).toBe("");
  expect(compile(folder, common, "script.cts")).toBe("");
});

test("its types need nothing but themselves, and a program can name each of them", () => {
  const folder = temporaryFolder();
  installPackage(folder);
  const dist = join(folder, "node_modules/chartmogul-warehouse/dist");
  const declarations = reached(join(dist, "index.js"));
  expect([...declarations.keys()].map((path) => relative(dist, path)).sort()).toEqual([
    "api/records.js",
    "errors.js",
    "functions/chartmogul.js",
    "index.js",
  ]);
  const [index = "", ...others] = declarations.values();
  const named = others.flatMap((text) =>
    [...text.matchAll(/^export (?:declare )?(?:abstract )?(?:class|interface|type) (\w+)/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !new RegExp(`^export .*\\b${name}\\b`, "m").test(index))).toEqual([]);
});

/** The declarations that this module's reach, by the path of the module that they are said to be of; of another package, its name. */
function reached(module: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(module)) return found;
  const text = readFileSync(module.replace(/\.js$/, ".d.ts"), "utf8");
  found.set(module, text);
  for (const [, target = ""] of text.matchAll(/(?:from |import\(|reference \w+=)"([^"]+)"/g)) {
    if (target.startsWith(".")) reached(join(dirname(module), target), found);
    else found.set(target, "");
  }
  return found;
}
