import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Scene, tiny } from "../commands/scene.ts";
import { sceneHere } from "../commands/scene-here.ts";
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

test("a script in a fresh folder imports the published package, has its types checked, and gets answers", async () => {
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
    bad: "accounts.eu is no API key",
  });
});
