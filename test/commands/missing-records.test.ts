import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { syncedScene } from "./scene-here.ts";

/** A scene that was synced whole, with an invoice that became odd afterwards. */
async function withAnOddInvoice() {
  const own = await syncedScene();
  const [invoice] = own.worlds[0]?.invoices ?? [];
  if (!invoice) throw new Error("a world without invoices");
  const right = invoice.currency;
  Object.assign(invoice, { currency: 12 });
  return { ...own, mend: () => Object.assign(invoice, { currency: right }) };
}

const said = "1 record did not validate: it is missing, or has its old row; see rejected_records";
const todo = "Install a newer version, or report the `reason`.";

test("a record that did not validate is missing until it is stored: the report, status, check and the exit codes say so", async () => {
  const { runHere, warehouse, mend } = await withAnOddInvoice();
  const copy = `${warehouse}.published.db`;
  for (const _sync of [1, 2]) {
    const synced = await runHere(["sync"], { WAREHOUSE_PUBLISH_PATH: copy });
    expect(synced.code).toBe(1);
    expect(synced.stdout).toMatch(/^default +invoices +complete( +\d+){7} +1 +1 /m);
    expect(synced.stdout).toMatch(/^default +customers +complete( +\d+){7} +0 +0 /m);
    expect(synced.stderr).toContain(`${said} account=default resource=invoices hint=${todo}`);
    expect(synced.stderr).toMatch(/sync ended complete=true missing=1$/m);
    // One odd record does not keep all others from the readers of the copy.
    expect(existsSync(copy)).toBe(true);
  }

  const status = await runHere(["status"]);
  expect(status.code).toBe(1);
  expect(status.stdout).toMatch(/^default +invoices .* complete +\d+ +1 /m);
  expect(status.stdout).toContain(`default invoices: ${said}. ${todo}`);
  const { resources } = JSON.parse((await runHere(["status", "--json"])).stdout);
  expect(resources).toContainEqual(expect.objectContaining({ resource: "invoices", missing: 1 }));
  expect(resources).toContainEqual(expect.objectContaining({ resource: "customers", missing: 0 }));

  const check = await runHere(["check"]);
  expect(check.code).toBe(1);
  expect(check.stdout).toContain(
    `FAULT account default: ${said.replace("record", "record of invoices")}\n      ${todo}`,
  );

  const sqlite = new Database(copy, { readonly: true });
  const freshness = sqlite.prepare("SELECT table_name, records_missing FROM freshness").all();
  sqlite.close();
  expect(freshness).toContainEqual({ table_name: "invoices", records_missing: 1 });
  expect(freshness).toContainEqual({ table_name: "customers", records_missing: 0 });

  mend();
  expect((await runHere(["sync"])).code).toBe(0);
  expect((await runHere(["status"])).code).toBe(0);
  expect((await runHere(["check"])).code).toBe(0);
});

test("a sync of other resources succeeds, and status still fails", async () => {
  const { runHere } = await withAnOddInvoice();
  expect((await runHere(["sync", "--only", "invoices"])).code).toBe(1);
  expect((await runHere(["sync", "--only", "customers"])).code).toBe(0);
  expect((await runHere(["status"])).code).toBe(1);
});

test("the missing records of a resource whose sync could not begin are in its line, too", async () => {
  const { runHere } = await withAnOddInvoice();
  await runHere(["sync", "--only", "invoices"]);
  const { code, stdout } = await runHere(["sync", "--only", "invoices", "--json"], {
    CHARTMOGUL_API_KEY: "mistyped-key",
  });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([{ resource: "invoices", status: "failed", missing: 1 }]);
});
