import { describe, expect, test } from "vitest";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { bent, today } from "../support/accounts.ts";
import { looking, statuses } from "../support/syncing.ts";
import { rowsOf } from "../support/warehouse.ts";
import { payingCustomer, tomorrow, unsyncedWorld } from "../support/worlds.ts";

type Body = Record<string, unknown>;

/** New values for the one record of a listing that has this key. */
interface Bend {
  readonly path: RegExp;
  readonly list: string;
  readonly key: string;
  readonly change: (record: Body) => unknown;
}

/** A world with some records bent in every reply. */
async function oddWorld(
  ...bends: readonly ((world: Awaited<ReturnType<typeof unsyncedWorld>>["world"]) => Bend)[]
) {
  const { world, path, createApi, sync } = await unsyncedWorld();
  const made = bends.map((bend) => bend(world));
  const odd = bent(createApi(), (body, asked) => {
    const answer = structuredClone(body) as Body;
    for (const { path: where, list, key, change } of made) {
      const records = answer[list];
      if (!where.test(asked) || !Array.isArray(records)) continue;
      answer[list] = records.map((record) =>
        record.uuid === key || record.id === key ? change(record) : record,
      );
    }
    return answer;
  });
  return {
    world,
    path,
    sync: (now = today) => sync({ now }, odd),
    rows: (table: string) => looking(path, (warehouse) => rowsOf(warehouse, table)),
    ask: (sql: string) => looking(path, ({ sqlite }) => sqlite.prepare(sql).safeIntegers().all()),
  };
}

const oddInvoice =
  (change: (invoice: Body) => unknown) =>
  ({ invoices }: { invoices: { uuid: string; line_items: unknown[] }[] }): Bend => ({
    path: /^invoices$/,
    list: "invoices",
    key: invoices.find(({ line_items }) => line_items.length > 0)?.uuid ?? "",
    change,
  });
const inLines = (change: Body) =>
  oddInvoice((invoice) => ({
    ...invoice,
    line_items: (invoice["line_items"] as Body[]).map((item) => ({ ...item, ...change })),
  }));

describe("no invoice is lost for a field that is not money", () => {
  test("hours are billed with decimals", async () => {
    const { world, sync, ask } = await oddWorld(inLines({ quantity: 1.5 }));
    const reports = await sync();
    expect(reports.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(0);
    expect(ask("SELECT count(*) AS invoices FROM invoices")).toEqual([
      { invoices: BigInt(world.invoices.length) },
    ]);
    expect(ask("SELECT DISTINCT quantity FROM invoice_line_items WHERE quantity <> round(quantity)")).toEqual(
      [{ quantity: 1.5 }],
    );
    expect(ask("SELECT * FROM sync_odd_fields")).toEqual([]);
  });

  test.for<[string, unknown]>([
    ["quantity", "one and a half"],
    ["prorated", "yes"],
    ["event_order", 1.5],
    ["discount_code", { code: "A" }],
    ["type", 5],
    ["service_period_end", "9999-12-31T23:59:59-05:00"],
    ["balance_transfer", 1],
  ])("an odd %s of its line items is NULL, and counted", async ([field, value]) => {
    const { world, sync, ask } = await oddWorld(inLines({ [field]: value }));
    const reports = await sync();
    expect(reports.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(0);
    expect(ask("SELECT count(*) AS invoices FROM invoices")).toEqual([
      { invoices: BigInt(world.invoices.length) },
    ]);
    const expected = { resource: "invoices", field: `line_items.${field}`, records: 1n };
    expect(ask("SELECT * FROM sync_odd_fields")).toMatchObject([expected]);
    await sync(tomorrow);
    expect(ask("SELECT * FROM sync_odd_fields")).toMatchObject([expected]);
  });

  test("nor one that lacks a key which it can do without", async () => {
    const { sync, ask } = await oddWorld(oddInvoice(({ external_id: _, ...invoice }) => invoice));
    const reports = await sync();
    expect(reports.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(0);
    expect(ask("SELECT field, problem FROM sync_odd_fields")).toEqual([
      { field: "external_id", problem: "was missing" },
    ]);
  });

  test.for<[string, unknown]>([
    ["currency", 5],
    ["date", "0000-00-00"],
    ["date", "9999-12-31T23:59:59-05:00"],
    ["line_items", null],
    ["transactions", [5]],
  ])("but it is rejected where its %s is %j", async ([field, value]) => {
    const { sync, ask } = await oddWorld(oddInvoice((invoice) => ({ ...invoice, [field]: value })));
    expect((await sync()).find(({ resource }) => resource === "invoices")).toMatchObject({ rejected: 1 });
    const [{ reason } = { reason: "" }] = ask("SELECT reason FROM rejected_records") as { reason: string }[];
    expect(reason).toContain(field);
  });
});

test("the odd fields of a record are forgotten once it is right, and counted once however often it changes", async () => {
  let quantity: unknown = "many";
  let round = 0;
  const { sync, ask } = await oddWorld(
    oddInvoice((invoice) => ({
      ...invoice,
      external_id: `round ${round}`,
      line_items: (invoice["line_items"] as Body[]).map((item) => ({ ...item, quantity })),
    })),
  );
  for (round = 1; round <= 3; round += 1) {
    await sync(new Date(today.getTime() + round * 86_400_000));
    expect(ask("SELECT field, problem, records FROM sync_odd_fields")).toEqual([
      { field: "line_items.quantity", problem: "was not a number", records: 1n },
    ]);
  }
  quantity = 2;
  await sync(new Date(today.getTime() + 9 * 86_400_000));
  expect(ask("SELECT field, problem, records FROM sync_odd_fields")).toEqual([]);
});

test("keys that no column knows are counted, wherever they are in a record", async () => {
  const found = () => ask("SELECT resource, field, problem, records FROM sync_odd_fields ORDER BY field");
  let known = false;
  const { world, sync, ask } = await oddWorld(
    ({ customers: [first] }) => ({
      path: /^customers$/,
      list: "entries",
      key: first?.uuid ?? "",
      change: ({ address, attributes, ...customer }) => ({
        ...customer,
        address: { ...(address as Body), street: "Harbour Road" },
        attributes: { ...(attributes as Body), hubspot: {}, custom: { anything: 1 } },
        [`${"long ".repeat(1000)}key`]: 1,
      }),
    }),
    inLines({ tax_code: "A", ...(known ? {} : { margin: { of: 3 } }) }),
    ...[0, 1].map((index) => ({ plans }: { plans: { uuid: string }[] }) => ({
      path: /^plans$/,
      list: "plans",
      key: plans[index]?.uuid ?? "",
      change: (plan: Body) => (known ? plan : { ...plan, custom_attributes: {} }),
    })),
  );
  const noColumn = (resource: string, field: string, records: bigint) => ({
    resource,
    field,
    problem: "has no column",
    records,
  });
  const lasting = [
    noColumn("customers", "address.street", 1n),
    noColumn("customers", "attributes.hubspot", 1n),
    noColumn("invoices", "line_items.margin", 1n),
    noColumn("invoices", "line_items.tax_code", 1n),
    noColumn("customers", `${"long ".repeat(40)}…`, 1n),
  ];
  const reports = await sync();
  expect(reports.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(0);
  expect(found()).toEqual(byField([...lasting, noColumn("plans", "custom_attributes", 2n)]));
  expect(world.plans.length).toBeGreaterThan(2);
  known = true;
  await sync(tomorrow);
  expect(found()).toEqual(byField(lasting));
});

const byField = (rows: readonly { field: string }[]) =>
  rows.toSorted((one, other) => (one.field < other.field ? -1 : 1));

test("a customer is not lost for odd tags and attributes", async () => {
  const { sync, ask } = await oddWorld(({ customers: [first] }) => ({
    path: /^customers$/,
    list: "entries",
    key: first?.uuid ?? "",
    change: (customer) => ({
      ...customer,
      attributes: { tags: ["gold", 7, "gold", { a: 1 }], custom: [], stripe: null },
    }),
  }));
  const reports = await sync();
  expect(reports.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(0);
  expect(ask("SELECT field, problem, records FROM sync_odd_fields")).toEqual([
    { field: "attributes.tags", problem: "was not text of 1 to 1000 characters", records: 1n },
  ]);
});

test.for([
  [{ custom: { "": 1, seats: 2 }, tags: [] }, "attributes", "was not text of 1 to 1000 characters"],
  [{ custom: {}, tags: ["", "gold"] }, "attributes.tags", "was not text of 1 to 1000 characters"],
  [{ custom: ["seats"], tags: [] }, "attributes", "was not an object of objects"],
] as const)("what %j lacks in the tables is an odd field", async ([attributes, field, problem]) => {
  const { sync, ask } = await oddWorld(({ customers: [first] }) => ({
    path: /^customers$/,
    list: "entries",
    key: first?.uuid ?? "",
    change: (customer) => ({ ...customer, attributes }),
  }));
  await sync();
  expect(ask("SELECT field, problem, records FROM sync_odd_fields")).toEqual([
    { field, problem, records: 1n },
  ]);
});

const columnsOf = (table: string, type: string) =>
  `SELECT name FROM pragma_table_info('${table}') WHERE type = '${type}'`;

describe("an instant that leaves the calendar", () => {
  test("is in no table", async () => {
    const dates = ["9999-12-31T23:59:59-05:00", "0000-01-01T00:00:00+02:00", "0000-00-00"];
    const { sync, path } = await oddWorld(
      ...dates.flatMap((date, index) => [
        ({ customers }: { customers: { uuid: string }[] }): Bend => ({
          path: /^customers$/,
          list: "entries",
          key: customers[index]?.uuid ?? "",
          change: (record) => ({ ...record, lead_created_at: date, free_trial_started_at: date }),
        }),
        ({ invoices }: { invoices: { uuid: string }[] }): Bend => ({
          path: /^invoices$/,
          list: "invoices",
          key: invoices[index]?.uuid ?? "",
          change: (record) => ({ ...record, due_date: date, disabled_at: date }),
        }),
        ({ opportunities }: { opportunities: { uuid: string }[] }): Bend => ({
          path: /^opportunities$/,
          list: "entries",
          key: opportunities[index]?.uuid ?? "",
          change: (record) => ({ ...record, estimated_close_date: date, created_at: date }),
        }),
        ({ activities }: { activities: { uuid: string }[] }): Bend => ({
          path: /^activities$/,
          list: "entries",
          key: activities[index]?.uuid ?? "",
          change: (record) => ({ ...record, date }),
        }),
      ]),
    );
    const reports = await sync();
    expect(statuses(reports)).not.toContain("failed");
    expect(reports.find(({ resource }) => resource === "activities")).toMatchObject({
      rejected: dates.length,
    });
    looking(path, ({ sqlite }) => {
      for (const table of ["customers", "invoices", "opportunities", "activities"]) {
        for (const type of ["DATE", "DATETIME"]) {
          const columns = sqlite.prepare<[], string>(columnsOf(table, type)).pluck().all();
          for (const column of columns) {
            const odd = sqlite
              .prepare(
                `SELECT "${column}" FROM "${table}" WHERE "${column}" NOT GLOB '[12][0-9][0-9][0-9]-*'`,
              )
              .all();
            expect(odd, `${table}.${column}`).toEqual([]);
          }
        }
      }
    });
  });
});

describe("amounts of up to 64 bits", () => {
  const most = 2 ** 62;
  const amountOf = (uuid: string) =>
    `SELECT amount_in_cents AS amount FROM invoice_line_items WHERE invoice_uuid = '${uuid}'`;

  test("are stored as whole numbers, and beyond them the record is rejected with the field", async () => {
    const { world, sync, ask } = await oddWorld(
      inLines({ amount_in_cents: most }),
      ({ customers: [first] }) => ({
        path: /^customers$/,
        list: "entries",
        key: first?.uuid ?? "",
        change: (record) => ({ ...record, mrr: 1e19 }),
      }),
      ({ customers: [, second] }) => ({
        path: /^customers$/,
        list: "entries",
        key: second?.uuid ?? "",
        change: (record) => ({ ...record, id: 1e300 }),
      }),
    );
    expect(statuses(await sync())).not.toContain("failed");
    const uuid = world.invoices.find(({ line_items }) => line_items.length > 0)?.uuid ?? "";
    const [{ amount } = { amount: 0 }] = ask(amountOf(uuid)) as { amount: unknown }[];
    expect(amount).toBe(BigInt(most));
    expect(ask("SELECT resource, reason FROM rejected_records")).toEqual([
      { resource: "customers", reason: "mrr: 10000000000000000000 is not a whole number of 64 bits" },
    ]);
    expect(ask("SELECT field, records FROM sync_odd_fields")).toEqual([{ field: "id", records: 1n }]);
    expect(ask("SELECT id FROM customers WHERE typeof(id) NOT IN ('integer', 'null')")).toEqual([]);
  });

  test("that add up to more are NULL, and other figures are kept", async () => {
    const huge = (record: Body) => ({ ...record, "activity-mrr-movement": most, "activity-mrr": most });
    const { path, sync } = await oddWorld(
      inLines({ amount_in_cents: most }),
      oddInvoice((invoice) => ({
        ...invoice,
        line_items: [0, 1, 2].map(() => ({ ...(invoice["line_items"] as Body[])[0], amount_in_cents: most })),
        status: "open",
        transactions: [],
      })),
      ...[0, 1, 2, 3].map(
        (index) =>
          ({ activities }: { activities: { uuid: string }[] }): Bend => ({
            path: /^activities$/,
            list: "entries",
            key: activities[index]?.uuid ?? "",
            change: huge,
          }),
      ),
      ...[0, 1, 2].map(
        (index) =>
          (world: Parameters<typeof payingCustomer>[0]): Bend => ({
            path: /^customers$/,
            list: "entries",
            key: payingCustomer(world, index),
            change: (record) => ({ ...record, mrr: most, arr: most }),
          }),
      ),
    );
    expect(statuses(await sync())).not.toContain("failed");
    looking(path, (warehouse) => {
      refreshSummaries(warehouse, today);
      const tables = warehouse.sqlite
        .prepare<[], string>("SELECT DISTINCT table_name FROM data_dictionary")
        .pluck()
        .all();
      for (const table of tables) {
        for (const column of warehouse.sqlite
          .prepare<[], string>(columnsOf(table, "INTEGER"))
          .pluck()
          .all()) {
          const types = warehouse.sqlite
            .prepare(`SELECT DISTINCT typeof("${column}") FROM "${table}"`)
            .pluck()
            .all();
          expect(["integer", "null"], `${table}.${column}`).toEqual(expect.arrayContaining(types));
        }
      }
      expect(rowsOf(warehouse, "active_subscriptions")).not.toEqual([]);
      expect(rowsOf(warehouse, "cash_by_month")).not.toEqual([]);
    });
  });
});
