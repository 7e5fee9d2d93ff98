import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Customer } from "../../src/api/records.ts";
import { openWarehouse } from "../../src/database/open.ts";
import { customers } from "../../src/resources/customers.ts";
import { openRetries } from "../../src/state/retries.ts";
import { hashRecord, openRecordWriter } from "../../src/store/record-writer.ts";
import { agent } from "../support/agent.ts";
import { duckdb } from "../support/duckdb.ts";
import { installPackage } from "../support/package.ts";
import { listen, rewriting, tiny } from "./scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "./scene-here.ts";

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
  /** The customer with the values. */
  readonly customer: Customer;
  /** Settings for requests to the same ChartMogul. */
  readonly env: Readonly<Record<string, string>>;
}

/** What an account was synced to, for other tests that begin with the same account. */
const files = new Map<string, Buffer>();

/** Syncs, unless that was done before with the same account; then its file is put in place. */
async function syncOnce({ runHere, warehouse }: SceneHere, account: string, url: string): Promise<void> {
  const file = files.get(account);
  if (file !== undefined) writeFileSync(warehouse, file);
  else {
    expect(await runHere(["sync"], { CHARTMOGUL_API_URL: url })).toMatchObject({ code: 0 });
    files.set(account, readFileSync(warehouse));
  }
}

/** An account whose first customer has these attributes, each a text of JSON, synced from replies with exactly these texts. */
async function synced(custom: Readonly<Record<string, string>>, name = "Acme", tag = "vip"): Promise<Synced> {
  const world = tiny();
  const [customer] = world.customers;
  if (customer === undefined) throw new Error("a world without customers");
  customer.name = `<<"${name}">>`;
  customer.attributes.custom = { there: "<<>>" };
  customer.attributes.tags = [tag];
  const own = await sceneHere(world);
  const attributes = Object.entries(custom).map(([key, value]) => `"${key}":${value}`);
  const url = await rewriting(own, (body) =>
    body.replaceAll('"there":"<<>>"', attributes.join(",")).replaceAll(/"<<\\"(.*?)\\">>"/g, `"${name}"`),
  );
  await syncOnce(own, JSON.stringify([attributes, name, tag]), url);
  return { ...own, customer, env: { CHARTMOGUL_API_URL: url } };
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
  const [cents, less, number] = ["9007199254740993", "-9223372036854775807", "9223372036854775807"];

  const sum = "-9214364837600034814";

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
    await syncOnce(own, "large numbers", url);
    return { ...own, env: { CHARTMOGUL_API_URL: url }, item, customer };
  }

  test("from `query` as table, CSV and JSON, and from an agent's", async () => {
    const { runHere, item, folder, environment } = await withLargeNumbers();
    const sql = `SELECT amount_in_cents, tax_amount_in_cents, 7 AS seven, 0.5 AS half,
      (SELECT max(id) FROM customers) AS id, amount_in_cents + tax_amount_in_cents AS sum
      FROM invoice_line_items WHERE uuid = '${item.uuid}'`;
    const [table, csv, json] = await Promise.all(
      ["table", "csv", "json"].map((format) => runHere(["query", sql, "--format", format])),
    );
    const shown = [cents, less, "7", "0.5", number, sum];
    expect(csv?.stdout.split("\n")[1]).toBe(shown.join(","));
    expect(json?.stdout).toContain(
      `{"amount_in_cents":${cents},"tax_amount_in_cents":${less},"seven":7,"half":0.5,"id":${number},"sum":${sum}}`,
    );
    const [head = "", , row = ""] = table?.stdout.split("\n") ?? [];
    expect(row.trim().split(/ +/)).toEqual(shown);
    // To the right, as numbers stand.
    expect(row.indexOf(less) + less.length).toBe(head.indexOf("seven") - 2);
    const { ask } = await agent([], { cwd: folder, env: environment });
    expect((await ask("query", { sql })).text).toContain(`[[${cents},${less},7,0.5,${number},${sum}]]`);
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
    const large = `SELECT amount_in_cents, amount, tax_amount FROM read_parquet('${file}') WHERE uuid = '${item.uuid}'`;
    expect(await duckdb(large)).toEqual([
      { amount_in_cents: cents, amount: "90071992547409.93", tax_amount: "-92233720368547758.07" },
    ]);
  });

  test("and a list that is ordered by such a number continues after it, also for a cursor with such a number", async () => {
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

describe("text that is not UTF-8, or that ends early, reaches no reader:", () => {
  const name = "Acme Rocket \\ud83d";
  const hex = "41636D6520526F636B657420EFBFBD";

  test("half an emoji in a name, in the key or the value of an attribute, in a tag, in a change", async () => {
    const world = tiny();
    const [customer] = world.customers;
    if (customer === undefined) throw new Error("a world without customers");
    customer.name = "before";
    customer.attributes.tags = ["before"];
    customer.attributes.custom = { before: "before" };
    const own = await sceneHere(world);
    let text = "before";
    const env = {
      CHARTMOGUL_API_URL: await rewriting(own, (body) => body.replaceAll('"before"', `"${text}"`)),
    };
    const { uuid } = customer;
    expect(await own.runHere(["sync"], env)).toMatchObject({ code: 0 });
    text = name;
    expect(await own.runHere(["sync"], env)).toMatchObject({ code: 0 });
    const queries = [
      `SELECT hex(name) FROM customers WHERE uuid = '${uuid}'`,
      `SELECT hex(tag) FROM customer_tags WHERE customer_uuid = '${uuid}'`,
      `SELECT hex(name) FROM customer_attributes WHERE customer_uuid = '${uuid}' AND source = 'custom'`,
      `SELECT hex(value) FROM customer_attributes WHERE customer_uuid = '${uuid}' AND source = 'custom'`,
      `SELECT hex(new_value) FROM record_changes WHERE key = '${uuid}' AND field = 'name'`,
    ];
    for (const query of queries) expect({ query, hex: own.value(query) }).toEqual({ query, hex });
    const [raw, live, changes] = await Promise.all([
      own.runHere(["raw", "customers", uuid]),
      own.runHere(["call", "get_customer", "--id", uuid, "--live"], env),
      own.runHere(["changes", "--json"]),
    ]);
    for (const { stdout } of [raw, live]) expect(stdout).toContain('"name": "Acme Rocket \ufffd"');
    for (const { stdout } of [raw, live, changes]) expect(stdout).not.toMatch(/\\ud83d/i);
    const verified = await own.runHere(["verify"], env);
    expect(verified).toMatchObject({ code: 0 });
  });

  test.for([
    ["bytes that are none", Buffer.from("Acme Rocket \xff", "latin1"), hex],
    ["a surrogate half as bytes", Buffer.from("Acme \xed\xa0\xbd", "latin1"), "41636D6520EFBFBDEFBFBDEFBFBD"],
    ["a character of code 0", Buffer.from("Acme\\u0000Rocket"), "41636D65EFBFBD526F636B6574"],
    ["a whole emoji, escaped", Buffer.from("Acme \\ud83d\\ude80"), "41636D6520F09F9A80"],
  ] as const)("%s", async ([, bytes, stored]) => {
    const world = tiny();
    const [customer] = world.customers;
    Object.assign(customer ?? {}, { name: "@@" });
    const own = await sceneHere(world);
    const url = await rewriting(own, (body) => {
      const [before = "", after] = body.split("@@");
      return after === undefined ? body : Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
    });
    expect(await own.runHere(["sync", "--only", "customers"], { CHARTMOGUL_API_URL: url })).toMatchObject({
      code: 0,
    });
    expect(own.value(`SELECT hex(name) FROM customers WHERE uuid = '${customer?.uuid}'`)).toBe(stored);
  });

  test("a byte order mark before a response does not keep it from being read", async () => {
    const own = await sceneHere();
    const url = await rewriting(own, (body) => `\ufeff${body}`);
    expect(await own.runHere(["sync"], { CHARTMOGUL_API_URL: url })).toMatchObject({ code: 0 });
  });

  test("what is kept of a rejected record, and what an error says", async () => {
    const own = await sceneHere();
    const bent = await rewriting(own, (body, path) =>
      path.startsWith("/v1/customers?") ? body.replace(/"mrr":\d+/, `"mrr":"${name}"`) : body,
    );
    await own.runHere(["sync", "--only", "customers"], { CHARTMOGUL_API_URL: bent });
    expect(own.value("SELECT hex(json_extract(json, '$.mrr')) FROM rejected_records")).toBe(hex);
    const failing = await listen((_, response) =>
      response
        .writeHead(400, { "content-type": "application/json" })
        .end(`{"message":"${name} \\u0000 ${"x".repeat(133)}🚀🚀"}`),
    );
    await own.runHere(["sync", "--only", "plans"], { CHARTMOGUL_API_URL: failing });
    const errors = own.rows(
      "SELECT CAST(error AS BLOB) AS error FROM sync_run_resources WHERE error IS NOT NULL",
    );
    expect(errors.length).toBeGreaterThan(0);
    for (const { error } of errors) {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(error as Buffer);
      expect(text).toContain("Acme Rocket \ufffd \ufffd x");
      expect(text).not.toContain("\0");
    }
  });
});

describe("attributes are ordinary, whatever they are called:", () => {
  const names = [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "toJSON",
    "valueOf",
    "then",
    "2024",
  ];

  test("in the tables, `raw`, `call` and the library", async () => {
    const custom = Object.fromEntries(names.map((name) => [name, `"of ${name}"`]));
    const { rows, runHere, customer, env, folder, environment } = await synced(
      Object.fromEntries(Object.entries({ ...custom, ["__proto__"]: '"of __proto__"' })),
    );
    const sql = `SELECT name, value FROM customer_attributes WHERE customer_uuid = '${customer.uuid}' AND source = 'custom'`;
    const pairs = names.map((name) => ({ name, value: `of ${name}` }));
    expect(rows(sql).toSorted(byName)).toEqual(pairs.toSorted(byName));
    const outputs = await Promise.all([
      runHere(["raw", "customers", customer.uuid]),
      runHere(["call", "get_customer", "--id", customer.uuid]),
      runHere(["call", "get_customer", "--id", customer.uuid, "--live"], env),
    ]);
    for (const { stdout } of outputs)
      for (const name of names) expect(stdout).toContain(`"${name}": "of ${name}"`);
    installPackage(folder);
    writeFileSync(
      join(folder, "script.js"),
      `import { openChartmogul } from "chartmogul-warehouse";
const { attributes } = await openChartmogul().get_customer({ id: "${customer.uuid}" });
console.log(JSON.stringify(Object.entries(attributes.custom)));`,
    );
    const options = { cwd: folder, env: { PATH: process.env["PATH"], ...environment } };
    const { stdout } = await promisify(execFile)(process.execPath, ["script.js"], options);
    const entries = JSON.parse(stdout) as [string, string][];
    expect(entries.map(([name, value]) => ({ name, value })).toSorted(byName)).toEqual(
      pairs.toSorted(byName),
    );
    expect(await runHere(["verify"], env)).toMatchObject({ code: 0 });
  });

  const byName = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

  test("and a name that objects have is not a status", async () => {
    const { runHere } = await sceneHere();
    const answer = await runHere(["call", "list_customers", "--status", "constructor"]);
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr).toContain("status is not one of");
  });
});

describe("one record that nothing can hold is one reject:", () => {
  const long = "x".repeat(1_000_000);
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

  test.for([
    {
      what: "nested 10,000 deep",
      custom: { deep: deep(10_000) },
      reason: "record: nested deeper than 100 levels",
    },
    {
      what: "nested a million deep",
      custom: { deep: deep(1_000_000) },
      reason: "record: nested deeper than 100 levels",
    },
    { what: "with a key of 1 MB", uuid: `cus_${long}`, reason: "uuid: longer than 255 characters" },
    {
      what: "with a key of 256 characters",
      uuid: `cus_${"x".repeat(252)}`,
      reason: "uuid: longer than 255 characters",
    },
  ])("$what", async ({ custom = { a: "1" }, uuid, reason }) => {
    const world = tiny();
    const [customer] = world.customers;
    if (customer === undefined) throw new Error("a world without customers");
    customer.attributes.custom = { there: "<<>>" };
    const own = await sceneHere(world);
    const members = Object.entries(custom).map(([name, value]) => `"${name}":${value}`);
    const env = {
      CHARTMOGUL_API_URL: await rewriting(own, (body, path) => {
        const bent = body.replaceAll('"there":"<<>>"', members.join(","));
        return uuid !== undefined && /^\/v1\/customers\?/.test(path)
          ? bent.replaceAll(`"uuid":"${customer.uuid}"`, `"uuid":"${uuid}"`)
          : bent;
      }),
    };
    for (const sync of ["first", "second"]) {
      const { stdout, stderr } = await own.runHere(["sync", "--json", "--only", "subscriptions"], env);
      const reports = JSON.parse(stdout) as { resource: string; status: string; rejected: number }[];
      expect({ sync, stderr }).toEqual({ sync, stderr: expect.not.stringContaining("    at ") });
      const unlike = reports.filter(
        ({ resource, status, rejected }) =>
          status !== "complete" || rejected !== Number(resource === "customers"),
      );
      expect(unlike).toEqual([]);
      expect(own.value("SELECT count(*) FROM customers")).toBe(world.customers.length - 1);
      const rejects = own.rows("SELECT resource, reason, length(key) AS length FROM rejected_records");
      expect(rejects).toEqual([{ resource: "customers", length: expect.any(Number), reason }]);
      expect(Number(rejects[0]?.["length"])).toBeLessThan(100);
    }
    const answers = await Promise.all([
      own.runHere(["call", "list_customers"], env),
      own.runHere(["call", "list_customers", "--live"], env),
      own.runHere(["call", "get_customer", "--id", customer.uuid, "--live"], env),
    ]);
    expect(answers.slice(0, 2).map(({ code }) => code)).toEqual([0, 0]);
    expect(answers[2]?.stderr).toBe("");
  });

  test.for([
    { what: "the name of an attribute", field: "attributes", custom: { [long]: '"1"' }, tag: "vip" },
    { what: "a tag", field: "attributes.tags", custom: { a: '"1"' }, tag: long },
  ])(
    "but one with $what of 1 MB is stored without it, and status says so",
    async ({ field, custom, tag }) => {
      const { value, rows, runHere } = await synced(custom, "Acme", tag);
      expect(value("SELECT count(*) FROM rejected_records")).toBe(0);
      expect(rows("SELECT field, problem, records FROM sync_odd_fields")).toEqual([
        { field, problem: "was not text of 1 to 1000 characters", records: 1 },
      ]);
      expect((await runHere(["status"])).stdout).toContain(
        `default customers: ${field}, in 1 record, was not text`,
      );
    },
  );

  test("and a value at the greatest allowed depth is stored", async () => {
    const { rows, customer, runHere } = await synced({ deep: deep(90) });
    const [attribute] = rows(
      `SELECT value FROM customer_attributes WHERE customer_uuid = '${customer.uuid}' AND name = 'deep'`,
    );
    expect(attribute?.["value"]).toBe(deep(90));
    expect((await runHere(["raw", "customers", customer.uuid])).code).toBe(0);
  });
});

test("a key of 1 MB that an older version has stored fails no sync, and is gone after the next", async () => {
  const { runHere, warehouse: path, worlds, rows } = await syncedScene();
  const [customer] = worlds[0]?.customers ?? [];
  if (!customer) throw new Error("a world without customers");
  const uuid = `cus_${"x".repeat(1_000_000)}`;
  const json = JSON.stringify({ ...customer, uuid });
  const warehouse = openWarehouse(path);
  const now = () => new Date("2025-06-29T02:00:00Z");
  const writer = openRecordWriter(warehouse, "default", customers, now);
  const [, ...row] = customers.map(customer, undefined).row;
  const hash = hashRecord(json, customers.version);
  writer.write(writer.pack({ key: uuid, json, hash }), { row: [uuid, ...row], children: [] }, 0);
  openRetries(warehouse, "default", "subscriptions", now).add(uuid, "refused");
  warehouse.close();
  for (const sync of ["first", "second"]) {
    const { stdout } = await runHere(["sync", "--json"]);
    const reports = JSON.parse(stdout) as { resource: string; status: string; error?: string }[];
    expect({ sync, failed: reports.filter(({ status }) => status !== "complete") }).toEqual({
      sync,
      failed: [],
    });
  }
  expect(rows("SELECT length(uuid) AS length FROM customers WHERE deleted_at IS NOT NULL")).toEqual([
    { length: uuid.length },
  ]);
  expect(rows("SELECT * FROM sync_retries")).toEqual([]);
});

test("digits are kept in JSON columns and in metrics, and changes are counted with them", async () => {
  const world = tiny();
  const [contact] = world.contacts;
  if (contact === undefined) throw new Error("a world without contacts");
  contact.custom = { there: "<<>>" };
  const own = await sceneHere(world);
  const custom = `{"__proto__":1.0,"price":12.50,"long":1234567890123456789,"list":[1e400,-0]}`;
  const url = await rewriting(own, (body) =>
    // Ruby writes a floating point number with a point, also where it is whole.
    body
      .replaceAll('{"there":"<<>>"}', custom)
      .replaceAll(/"(customer-churn-rate|ltv)":(\d+)(?=[,}])/g, '"$1":$2.0'),
  );
  const env = { CHARTMOGUL_API_URL: url };
  expect(await own.runHere(["sync"], env)).toMatchObject({ code: 0 });
  expect(own.value(`SELECT custom FROM contacts WHERE uuid = '${contact.uuid}'`)).toBe(custom);
  const asked = ["call", "get_metrics", "--start-date", "2025-01-01", "--end-date", "2025-06-30"];
  const [stored, live] = await Promise.all([own.runHere(asked), own.runHere([...asked, "--live"], env)]);
  for (const { code, stdout } of [stored, live]) {
    expect(code).toBe(0);
    expect(stdout).toMatch(/"ltv": \d+\.0,/);
  }
  const changes = (text: string) =>
    (JSON.parse(text) as { entries: Record<string, unknown>[] }).entries.map(
      (entry) => entry["ltv-percentage-change"],
    );
  expect(changes(stored.stdout)).not.toContain(null);
  expect(changes(stored.stdout).some((change) => change !== 0)).toBe(true);
  expect(await own.runHere(["verify"], env)).toMatchObject({ code: 0 });
});
