import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Customer } from "../../src/chartmogul/records.ts";
import { agent } from "../support/agent.ts";
import { duckdb } from "../support/duckdb.ts";
import { installPackage } from "../support/package.ts";
import { rewriting, tiny } from "./scene.ts";
import { type SceneHere, sceneHere } from "./scene-here.ts";

const digits = {
  long: "1234567890123456789",
  beyond: "9007199254740993",
  most: "9223372036854775807",
  more: "18446744073709551616",
  price: "12.50",
  whole: "1.0",
  power: "1e2",
  huge: "1e400",
  fine: "0.1000000000000000055",
  minus: "-0",
  plain: "12.5",
  count: "42",
};
const isInteger = (text: string) => /^-?\d+$/.test(text);

interface Synced extends SceneHere {
  /** Who the values were given to. */
  readonly customer: Customer;
  /** Settings of who asks what the sync asked. */
  readonly env: Readonly<Record<string, string>>;
}

/** An account whose first customer has these attributes, each a text of JSON, synced from answers with exactly these texts. */
async function synced(custom: Readonly<Record<string, string>>, name = "Acme"): Promise<Synced> {
  const world = tiny();
  const [customer] = world.customers;
  if (customer === undefined) throw new Error("a world without customers");
  customer.name = `<<"${name}">>`;
  customer.attributes.custom = { there: "<<>>" };
  const own = await sceneHere(world);
  const attributes = Object.entries(custom).map(([key, value]) => `"${key}":${value}`);
  const url = await rewriting(own, (body) =>
    body.replaceAll('"there":"<<>>"', attributes.join(",")).replaceAll(/"<<\\"(.*?)\\">>"/g, `"${name}"`),
  );
  const env = { CHARTMOGUL_API_URL: url };
  expect(await own.runHere(["sync"], env)).toMatchObject({ code: 0 });
  return { ...own, customer, env };
}

describe("numbers come out with the digits that ChartMogul sent:", () => {
  const pairs = Object.entries(digits);
  const members = pairs.map(([name, value]) => `"${name}": ${value}`);

  test("in the tables, with the type that their digits say", async () => {
    const { rows, customer } = await synced(digits);
    const stored = rows(
      `SELECT name, type, value FROM customer_attributes WHERE customer_uuid = '${customer.uuid}' AND source = 'custom'`,
    );
    expect(Object.fromEntries(stored.map(({ name, type, value }) => [name, [type, value]]))).toMatchObject(
      Object.fromEntries(
        pairs.map(([name, value]) => [name, [isInteger(value) ? "integer" : "decimal", value]]),
      ),
    );
  });

  test("in `raw`, `call` and the tools of an agent, from the warehouse and live", async () => {
    const { runHere, customer, folder, environment, env } = await synced(digits);
    const { ask } = await agent([], { cwd: folder, env: { ...environment, ...env } });
    const answers = await Promise.all([
      runHere(["raw", "customers", customer.uuid]),
      runHere(["call", "get_customer", "--id", customer.uuid]),
      runHere(["call", "get_customer", "--id", customer.uuid, "--live"], env),
      runHere(["call", "list_customers", "--per-page", "200"]),
      runHere(["call", "list_customers", "--per-page", "200", "--live"], env),
    ]);
    for (const { code, stdout } of answers) {
      expect(code).toBe(0);
      for (const member of members) expect(stdout).toContain(member);
    }
    for (const live of [false, true]) {
      const { text } = await ask("get_customer", { id: customer.uuid, live });
      for (const member of members) expect(text).toContain(member.replace(": ", ":"));
    }
  });

  test("in the library, as a number where JavaScript has it and else as a text", async () => {
    const { customer, folder, environment } = await synced(digits);
    installPackage(folder);
    writeFileSync(
      join(folder, "script.js"),
      `import { openChartmogul } from "chartmogul-warehouse";
const chartmogul = openChartmogul();
const one = await chartmogul.get_customer({ id: "${customer.uuid}" });
const { entries } = await chartmogul.list_customers({ per_page: 200 });
const listed = entries.find(({ uuid }) => uuid === one.uuid);
let walked;
for await (const each of chartmogul.walk_customers()) if (each.uuid === one.uuid) walked = each;
console.log(JSON.stringify([one, listed, walked].map(({ attributes }) => attributes.custom)));
`,
    );
    const options = { cwd: folder, env: { PATH: process.env["PATH"], ...environment } };
    const { stdout } = await promisify(execFile)(process.execPath, ["script.js"], options);
    const { price, whole, power, minus, plain, count, ...others } = digits;
    const values = {
      ...others,
      ...Object.fromEntries(
        Object.entries({ price, whole, power, minus, plain, count }).map(([name, text]) => [
          name,
          Number(text),
        ]),
      ),
      minus: 0,
    };
    expect(JSON.parse(stdout)).toEqual([values, values, values]);
  });

  test("and a second sync finds nothing changed, nor does `verify` find a difference", async () => {
    const { runHere, env } = await synced(digits);
    const { stdout } = await runHere(["sync", "--json"], env);
    const changed = (JSON.parse(stdout) as { resource: string; updated: number }[]).filter(
      ({ updated }) => updated > 0,
    );
    expect(changed).toEqual([]);
    expect(await runHere(["verify"], env)).toMatchObject({ code: 0 });
  });
});

describe("whole numbers of 64 bits come out whole", () => {
  const [cents, less, number] = ["9007199254740993", "-9007199254740995", "9223372036854775807"];

  async function withLargeNumbers() {
    const world = tiny();
    const [invoice] = world.invoices;
    const item = invoice?.line_items[0];
    const [customer] = world.customers;
    if (!item || !customer) throw new Error("a world without invoices");
    Object.assign(item, { amount_in_cents: "<<cents>>", tax_amount_in_cents: "<<less>>" });
    Object.assign(customer, { id: "<<number>>" });
    const own = await sceneHere(world);
    const url = await rewriting(own, (body) =>
      body.replaceAll('"<<cents>>"', cents).replaceAll('"<<less>>"', less).replaceAll('"<<number>>"', number),
    );
    const env = { CHARTMOGUL_API_URL: url };
    expect(await own.runHere(["sync"], env)).toMatchObject({ code: 0 });
    return { ...own, env, item, customer };
  }

  test("from `query` as table, CSV and JSON, and from an agent's", async () => {
    const { runHere, item, folder, environment } = await withLargeNumbers();
    const sql = `SELECT amount_in_cents, tax_amount_in_cents, 7 AS seven, 0.5 AS half,
      (SELECT max(id) FROM customers) AS id, amount_in_cents + tax_amount_in_cents AS sum
      FROM invoice_line_items WHERE uuid = '${item.uuid}'`;
    const [table, csv, json] = await Promise.all(
      ["table", "csv", "json"].map((format) => runHere(["query", sql, "--format", format])),
    );
    const shown = [cents, less, "7", "0.5", number, "-2"];
    expect(csv?.stdout.split("\n")[1]).toBe(shown.join(","));
    expect(json?.stdout).toContain(
      `{"amount_in_cents":${cents},"tax_amount_in_cents":${less},"seven":7,"half":0.5,"id":${number},"sum":-2}`,
    );
    const [head = "", , row = ""] = table?.stdout.split("\n") ?? [];
    expect(row.trim().split(/ +/)).toEqual(shown);
    // To the right, as numbers stand.
    expect(row.indexOf(less) + less.length).toBe(head.indexOf("tax_amount_in_cents") + less.length + 2);
    const { ask } = await agent([], { cwd: folder, env: environment });
    expect((await ask("query", { sql })).text).toContain(`[[${cents},${less},7,0.5,${number},-2]]`);
  });

  test("from an export in every format", async () => {
    const { runHere, folder, warehouse, item } = await withLargeNumbers();
    for (const format of ["csv", "ndjson", "parquet"]) {
      const args = ["export", "--to", join(folder, format), "--format", format];
      expect(await runHere(args, { WAREHOUSE_PATH: warehouse })).toMatchObject({ code: 0 });
    }
    const text = (format: string) =>
      readFileSync(
        join(folder, format, `invoice_line_items/account=default/invoice_line_items.${format}`),
        "utf8",
      );
    for (const format of ["csv", "ndjson"])
      for (const each of [cents, less]) expect(text(format)).toContain(each);
    const file = join(folder, "parquet", "invoice_line_items/account=default/invoice_line_items.parquet");
    const large = `SELECT amount_in_cents, amount, tax_amount_in_cents FROM read_parquet('${file}') WHERE uuid = '${item.uuid}'`;
    expect(await duckdb(large)).toEqual([
      { amount_in_cents: cents, amount: "90071992547409.93", tax_amount_in_cents: less },
    ]);
  });

  test("and a list that is ordered by such a number goes on behind it, for those who find the record by it, too", async () => {
    const { runHere, customer, env } = await withLargeNumbers();
    const uuids: string[] = [];
    let cursor: string | null | undefined;
    do {
      const args = ["call", "list_customers", "--per-page", "1", ...(cursor ? ["--cursor", cursor] : [])];
      const { stdout } = await runHere(args);
      const answer = JSON.parse(stdout) as { entries: Customer[]; cursor: string | null };
      uuids.push(...answer.entries.map(({ uuid }) => uuid));
      cursor = answer.cursor;
    } while (cursor !== null);
    expect(new Set(uuids).size).toBe(15);
    expect(uuids).toHaveLength(15);
    const found = await runHere(["call", "get_customer", "--id", number]);
    expect(found.stdout).toContain(`"uuid": "${customer.uuid}"`);
    expect(await runHere(["verify"], env)).toMatchObject({ code: 0 });
  });
});
