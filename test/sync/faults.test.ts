import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import type { Fault, FaultEffect } from "../../src/sandbox/faults.ts";
import { statuses } from "../support/syncing.ts";
import { afterFirstSync, afterSecondSync, beforeFirstSync, beforeSecondSync } from "../support/worlds.ts";

type Row = Readonly<Record<string, unknown>>;

const all = Object.fromEntries(resources.map(({ name }) => [name, "complete"]));
const customersAndSubscriptions = ["customers", "subscriptions"];

interface Trouble {
  readonly what: FaultEffect;
  /** How long a client waits for a reply, for troubles that are delays. */
  readonly timeouts?: { readonly firstByte: number; readonly complete: number };
  /** The report's words for the listing of invoices if the trouble stays. */
  readonly says: RegExp;
}

const network = String.raw`\. Check the network, CHARTMOGUL_API_URL`;
const noAnswer = (reason: string) =>
  new RegExp(`^no answer from ChartMogul for GET /invoices: .*${reason}.*${network}`);
const timeouts = { firstByte: 250, complete: 500 };
const answered = (words: string) => new RegExp(`^ChartMogul answered GET /invoices with ${words}`);

/** Troubles that another attempt may get past. */
const passing: Readonly<Record<string, Trouble>> = {
  "429": {
    what: { kind: "status", status: 429 },
    says: answered(
      "429: Your request rate has exceeded our rate limit.*lower CHARTMOGUL_REQUESTS_PER_SECOND",
    ),
  },
  "500 in plain text": {
    what: { kind: "status", status: 500, body: "text" },
    says: answered(String.raw`500: 500 Internal Server Error\. ChartMogul has trouble; sync again later`),
  },
  "502 in HTML": {
    what: { kind: "status", status: 502, body: "html" },
    says: answered("502: .*Bad Gateway.*sync again later"),
  },
  "503 in HTML": {
    what: { kind: "status", status: 503, body: "html" },
    says: answered("503: .*Service Unavailable.*lower CHARTMOGUL_CONNECTIONS"),
  },
  "504 in plain text": {
    what: { kind: "status", status: 504, body: "text" },
    says: answered("504: 504 Gateway Timeout.*sync again later"),
  },
  "a reset before the reply": { what: { kind: "reset" }, says: noAnswer("") },
  "a reset within the body": { what: { kind: "resetInBody" }, says: noAnswer("") },
  "a body that is cut off": { what: { kind: "cut" }, says: noAnswer("") },
  "a body that stalls": { what: { kind: "stall" }, says: noAnswer("the answer paused for"), timeouts },
  "no reply at all": { what: { kind: "silence" }, says: noAnswer("no answer within 0.25 s"), timeouts },
  "broken gzip": { what: { kind: "gzip" }, says: noAnswer("incorrect data check") },
};

const troubles = Object.entries(passing).map(([name, { timeouts, ...trouble }]) => ({
  name,
  ...trouble,
  /** A connection with this many retries that meets the trouble soon. */
  patience: (retries: number) => ({ retries, ...(timeouts && { timeouts }) }),
}));

/** A long listing, one of many small ones, and metrics. */
const hereAndThere = (what: FaultEffect): Fault[] => [
  { path: "^/v1/customers/[^/]+/subscriptions", from: 3, times: 1, what },
  { path: "^/v1/invoices\\?", times: 1, what },
  { path: "^/v1/metrics/mrr", times: 1, what },
];
const thereOnly = [...customersAndSubscriptions, "invoices", "daily_metrics"];
const complete = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "complete"]));
const onInvoices = (what: FaultEffect): Fault[] => [{ path: "^/v1/invoices", what }];

describe("that passes after one or two requests leaves no trace:", () => {
  test.for(troubles)("$name, in the first sync", async ({ what, patience }) => {
    const scene = await beforeFirstSync({ only: thereOnly });
    const reports = await scene.sync({ faults: hereAndThere(what), connection: patience(2) });
    expect(statuses(reports)).toEqual(complete(thereOnly));
    expect(scene.contents()).toEqual(await afterFirstSync({ only: thereOnly }));
  });

  test.for(troubles)("$name, in a sync over older rows", async ({ what, patience }) => {
    const scene = await beforeSecondSync({ only: ["invoices"] });
    const reports = await scene.sync({
      faults: [{ path: "^/v1/invoices", times: 2, what }],
      connection: patience(2),
    });
    expect(statuses(reports)).toEqual({ invoices: "complete" });
    expect(scene.contents()).toEqual(await afterSecondSync({ only: ["invoices"] }));
  });

  test("connections that are refused for a moment", async () => {
    const connection = { retries: 5, firstDelay: 20 };
    const what: FaultEffect = { kind: "refuse", milliseconds: 60 };
    const first = await beforeFirstSync();
    const faults = [
      { path: "^/v1/account$", times: 1, what },
      { path: "/subscriptions$", from: 5, times: 1, what },
    ];
    expect(statuses(await first.sync({ faults, connection }))).toEqual(all);
    expect(first.contents()).toEqual(await afterFirstSync());

    const second = await beforeSecondSync();
    expect(statuses(await second.sync({ faults, connection }))).toEqual(all);
    expect(second.contents()).toEqual(await afterSecondSync());
  });

  test("429 that says how long to wait, which is waited for", async () => {
    const scene = await beforeFirstSync({ only: ["plans"] });
    const what: FaultEffect = { kind: "status", status: 429, retryAfter: "0.6" };
    const reports = await scene.sync({ faults: [{ path: "^/v1/plans", times: 1, what }] });
    expect(statuses(reports)).toEqual({ plans: "complete" });
    const [first, second] = scene.sandbox.requests.filter(({ path }) => path === "/v1/plans");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(580);
    expect(scene.contents()).toEqual(await afterFirstSync({ only: ["plans"] }));
  });
});

describe("that stays fails its resource and no other, and the next sync makes up for it:", () => {
  test.for(troubles)("$name, in the first sync", async ({ what, says, patience }) => {
    const scene = await beforeFirstSync({ only: ["plans", "invoices"] });
    const reports = await scene.sync({ faults: onInvoices(what), connection: patience(0) });
    expect(statuses(reports)).toEqual({ plans: "complete", invoices: "failed" });
    expect(reports[1]?.error).toMatch(says);
    expect(scene.rows("plans")).toHaveLength(scene.world.plans.length);
    expect(scene.rows("invoices")).toEqual([]);

    expect(statuses(await scene.sync())).toEqual({ plans: "complete", invoices: "complete" });
    expect(scene.contents()).toEqual(await afterFirstSync({ only: ["plans", "invoices"] }));
  });

  test.for(troubles)("$name, in a sync over older rows", async ({ name, what, says, patience }) => {
    // One trouble with a reply and one without, among all resources; the others among a few.
    const isAmongAll = ["502 in HTML", "no reply at all"].includes(name);
    const among = isAmongAll ? {} : { only: ["plans", "invoices"] };
    const others = isAmongAll ? all : complete(["plans"]);
    const scene = await beforeSecondSync(among);
    const before = scene.contents();
    const wanted = await afterSecondSync(among);
    const reports = await scene.sync({ faults: onInvoices(what), connection: patience(1) });
    expect(statuses(reports)).toEqual({ ...others, invoices: "failed" });
    expect(reports.find(({ resource }) => resource === "invoices")?.error).toMatch(says);
    const { invoices, invoice_line_items, invoice_transactions } = before;
    expect(scene.contents()).toEqual({
      ...wanted,
      ...{ invoices, invoice_line_items, invoice_transactions },
      raw: mixed(wanted["raw"], before["raw"], "invoices"),
    });

    expect(statuses(await scene.sync())).toEqual({ ...others, invoices: "complete" });
    expect(scene.contents()).toEqual(wanted);
  });

  test("429 that says how long to wait", async () => {
    const scene = await beforeSecondSync({ only: ["plans"] });
    const before = scene.contents();
    const what: FaultEffect = { kind: "status", status: 429, retryAfter: "0.1" };
    const [report] = await scene.sync({ faults: [{ path: "^/v1/plans", what }] });
    expect(report?.status).toBe("failed");
    expect(report?.error).toMatch(/^ChartMogul answered GET \/plans with 429: .*lower CHARTMOGUL_REQ/);
    expect(scene.contents()).toEqual(before);
    await scene.sync();
    expect(scene.contents()).toEqual(await afterSecondSync({ only: ["plans"] }));
  });

  test("HTML with status 200", async () => {
    const says = /^the answer to GET \/invoices is not JSON: We are back soon.*check CHARTMOGUL_API_URL/;
    for (const [begin, clean] of [
      [beforeFirstSync, afterFirstSync],
      [beforeSecondSync, afterSecondSync],
    ] as const) {
      const scene = await begin();
      const { invoices } = scene.contents();
      const reports = await scene.sync({ faults: onInvoices({ kind: "html" }) });
      expect(statuses(reports)).toEqual({ ...all, invoices: "failed" });
      expect(reports.find(({ resource }) => resource === "invoices")?.error).toMatch(says);
      expect(scene.contents()["invoices"]).toEqual(invoices);
      expect(statuses(await scene.sync())).toEqual(all);
      expect(scene.contents()).toEqual(await clean());
    }
  });

  test.for([
    { path: "plans", failed: ["plans"] },
    { path: "customers", failed: customersAndSubscriptions },
    { path: "customers/[^/]+/subscriptions", failed: ["subscriptions"] },
    { path: "metrics/all", failed: ["daily_metrics", "period_metrics"] },
    { path: "metrics/mrr", failed: ["daily_metrics", "period_metrics"] },
  ])("500 of $path", async ({ path, failed }) => {
    const scene = await beforeSecondSync();
    const before = scene.contents();
    const faults: Fault[] = [
      { path: `^/v1/${path}\\?(.*per_page=200|start-date)`, what: { kind: "status", status: 500 } },
    ];
    const reports = await scene.sync({ faults });
    const failures = Object.fromEntries(failed.map((name) => [name, "failed"]));
    expect(statuses(reports)).toEqual({ ...all, ...failures });
    const [first] = reports.filter(({ status }) => status === "failed");
    expect(first?.error).toMatch(new RegExp(`GET /${path} with 500: .*sync again later`));
    // The subscriptions of a customer who is known to be gone go with it.
    const owners = new Set(scene.world.customers.map(({ uuid }) => uuid));
    const isOwned = (row: Row) =>
      typeof row["customer_uuid"] !== "string" || owners.has(row["customer_uuid"]);
    const stored = scene.contents();
    for (const table of failed)
      expect(stored[table]?.filter(isOwned)).toEqual(before[table]?.filter(isOwned));

    expect(statuses(await scene.sync())).toEqual(all);
    expect(scene.contents()).toEqual(await afterSecondSync());
  });

  test("connections that are refused as soon as ChartMogul is asked", async () => {
    for (const [begin, clean] of [
      [beforeFirstSync, afterFirstSync],
      [beforeSecondSync, afterSecondSync],
    ] as const) {
      const scene = await begin();
      const before = scene.contents();
      const what: FaultEffect = { kind: "refuse", milliseconds: 150 };
      const reports = await scene.sync({ faults: [{ path: "^/v1/account$", times: 1, what }] });
      expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["failed"]));
      for (const { error } of reports) {
        expect(error).toMatch(
          new RegExp(`^no answer from ChartMogul for GET /account: .*ECONNREFUSED.*${network}`),
        );
      }
      expect(scene.contents()).toEqual(before);
      await again(scene.sandbox.url);
      expect(statuses(await scene.sync())).toEqual(all);
      expect(scene.contents()).toEqual(await clean());
    }
  });

  test("connections that are refused in the middle of a sync", async () => {
    const scene = await beforeSecondSync();
    const what: FaultEffect = { kind: "refuse", milliseconds: 500 };
    const reports = await scene.sync({
      faults: [{ path: "^/v1/customers/[^/]+/subscriptions", from: 10, times: 1, what }],
    });
    const ended = statuses(reports);
    expect(ended).toMatchObject({ account: "complete", subscriptions: "failed" });
    expect(reports.find(({ resource }) => resource === "subscriptions")?.error).toMatch(
      new RegExp(`no answer from ChartMogul for GET /customers/cus_\\S+/subscriptions: .*${network}`),
    );
    await again(scene.sandbox.url);
    expect(statuses(await scene.sync())).toEqual(all);
    expect(scene.contents()).toEqual(await afterSecondSync());
  });

  test.for([
    { when: "the first sync", begin: beforeFirstSync, clean: afterFirstSync, stored: 200 },
    { when: "a sync over older rows", begin: beforeSecondSync, clean: afterSecondSync, stored: 210 },
  ])("a key that is no longer known in the middle of $when", async ({ begin, clean, stored }) => {
    const setting = { customers: 210, only: customersAndSubscriptions };
    const scene = await begin(setting);
    const reports = await scene.sync({
      faults: [{ path: "^/v1/customers\\?.*cursor=", what: { kind: "status", status: 401 } }],
    });
    expect(statuses(reports)).toEqual({ customers: "failed", subscriptions: "failed" });
    expect(reports[0]?.error).toMatch(/^ChartMogul answered GET \/customers with 401: .*Check the API key/);
    expect(reports[1]?.error).toContain("not all customers are accounted for");
    expect(scene.rows("customers")).toHaveLength(stored);
    for (const table of customersAndSubscriptions) expect(scene.deleted(table)).toEqual([]);

    expect(statuses(await scene.sync())).toEqual({ customers: "complete", subscriptions: "complete" });
    // It continued after the stored page.
    expect(scene.asked().filter((path) => path === "customers")).toHaveLength(1);
    expect(scene.contents()).toEqual(await clean(setting));
  });

  test("a key that is no longer known among the subscriptions", async () => {
    const scene = await beforeSecondSync({ only: customersAndSubscriptions });
    const reports = await scene.sync({
      faults: [{ path: "/subscriptions\\?", from: 5, what: { kind: "status", status: 401 } }],
    });
    expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
    expect(reports[1]?.error).toMatch(/\/subscriptions with 401: .*Check the API key/);
    expect(scene.rows("sync_retries")).toEqual([]);
    await scene.sync();
    expect(scene.contents()).toEqual(await afterSecondSync({ only: customersAndSubscriptions }));
  });
});

describe("the subscriptions of one customer", () => {
  test.for([
    { status: 402, hint: "" },
    { status: 403, hint: "" },
    { status: 404, hint: "" },
    { status: 422, hint: "" },
  ])(
    "that are refused with $status stay as they were and are asked for first the next time",
    async ({ status }) => {
      const scene = await beforeSecondSync({ only: customersAndSubscriptions });
      const before = scene.contents();
      const wanted = await afterSecondSync({ only: customersAndSubscriptions });
      const victim = ownerIn(scene.world.subscriptions);
      const path = `customers/${victim}/subscriptions`;
      const reports = await scene.sync({
        faults: [{ path: `^/v1/${path}`, what: { kind: "status", status } }],
      });
      expect(statuses(reports)).toEqual({ customers: "complete", subscriptions: "failed" });
      expect(reports[1]?.error).toContain(
        `the listings of 1 of customers could not be read, the first of ${victim}: ChartMogul answered GET /${path} with ${status}`,
      );
      expect(reports[1]?.error).toContain("the next sync reads these listings first");
      expect(scene.rows("sync_retries")).toMatchObject([{ resource: "subscriptions", parent: victim }]);
      const isOfVictim = (row: Row) => row["customer_uuid"] === victim;
      const subscriptions = scene.rows("subscriptions");
      expect(subscriptions.filter(isOfVictim)).toEqual(before["subscriptions"]?.filter(isOfVictim));
      expect(subscriptions.filter(isOfVictim)).not.toEqual([]);
      expect(subscriptions.filter((row) => !isOfVictim(row))).toEqual(
        wanted["subscriptions"]?.filter((row) => !isOfVictim(row)),
      );

      expect(statuses(await scene.sync())).toEqual({ customers: "complete", subscriptions: "complete" });
      expect(scene.asked().slice(0, 3)).toEqual(["account", path, "customers"]);
      expect(scene.rows("sync_retries")).toEqual([]);
      expect(scene.contents()).toEqual(wanted);
    },
  );

  test("that are refused in the first sync are the only ones that it lacks", async () => {
    const scene = await beforeFirstSync({ only: customersAndSubscriptions });
    const victim = ownerIn(scene.world.subscriptions);
    const faults: Fault[] = [
      { path: `^/v1/customers/${victim}/subscriptions`, what: { kind: "status", status: 422 } },
    ];
    expect(statuses(await scene.sync({ faults }))).toEqual({
      customers: "complete",
      subscriptions: "failed",
    });
    const wanted = await afterFirstSync({ only: customersAndSubscriptions });
    expect(scene.rows("subscriptions")).toEqual(
      wanted["subscriptions"]?.filter((row) => row["customer_uuid"] !== victim),
    );
    expect(statuses(await scene.sync())).toEqual({ customers: "complete", subscriptions: "complete" });
    expect(scene.contents()).toEqual(wanted);
  });
});

describe("a customer who is deleted", () => {
  test.for([
    { when: "before its subscriptions are asked for", begin: beforeFirstSync },
    { when: "before its subscriptions are asked for, with older rows", begin: beforeSecondSync },
  ])("$when is marked, and the sync is complete", async ({ begin }) => {
    const scene = await begin({ only: customersAndSubscriptions });
    const victim = ownerIn(scene.world.subscriptions);
    const faults: Fault[] = [
      { path: `^/v1/customers/${victim}/subscriptions`, what: { kind: "deleteCustomer" } },
    ];
    expect(statuses(await scene.sync({ faults }))).toEqual({
      customers: "complete",
      subscriptions: "complete",
    });
    const isLive = (row: Row) => row["deleted_at"] === null;
    expect(scene.rows("customers").filter(isLive)).toHaveLength(scene.world.customers.length);
    expect(scene.rows("customers").find(({ uuid }) => uuid === victim)?.["deleted_at"]).not.toBeNull();
    const owners = new Set(
      scene
        .rows("subscriptions")
        .filter(isLive)
        .map((row) => row["customer_uuid"]),
    );
    expect(owners.has(victim)).toBe(false);
    expect(scene.rows("sync_retries")).toEqual([]);
  });

  test("between the listing that lacked it and the request for it is marked like any other", async () => {
    const scene = await beforeSecondSync({ only: ["customers"] });
    const known = scene.rows("customers").length;
    const reports = await scene.sync({
      faults: [
        { path: "^/v1/customers\\?", what: { kind: "noKey" } },
        { path: "^/v1/customers/", what: { kind: "deleteCustomer" } },
      ],
    });
    expect(reports).toMatchObject([{ status: "complete", rejected: 1, deleted: 2 }]);
    // One of the day before, and this one.
    expect(scene.world.customers).toHaveLength(known - 2);
    expect(scene.deleted("customers")).toHaveLength(2);
    const live = scene.rows("customers").flatMap((row) => (row["deleted_at"] === null ? [row["uuid"]] : []));
    expect(new Set(live)).toEqual(new Set(scene.world.customers.map(({ uuid }) => uuid)));
  });
});

/** The raw records of one warehouse, those of one resource taken from another; in the order of resources both times. */
function mixed(most: readonly Row[] = [], those: readonly Row[] = [], name: string): readonly Row[] {
  const isBefore = ({ resource }: Row) => String(resource) < name;
  return [
    ...most.filter(isBefore),
    ...those.filter(({ resource }) => resource === name),
    ...most.filter((row) => row["resource"] !== name && !isBefore(row)),
  ];
}

function ownerIn(subscriptions: ReadonlyMap<string, readonly unknown[]>): string {
  const [owner] = [...subscriptions].find(([, list]) => list.length > 0) ?? [];
  if (owner === undefined) throw new Error("a world without subscriptions");
  return owner;
}

/** Waits until the sandbox listens again. */
async function again(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await wait(20);
  }
}
