import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { World } from "../../src/sandbox/world.ts";
import { serve, smallWorld } from "../support/accounts.ts";
import { type Ended, type Limits, run, start } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";

type Row = Record<string, unknown>;
type Variables = Readonly<Record<string, string>>;

/** What an operator has in front of them: a folder, keys in the environment, and a ChartMogul that answers. */
export interface Scene {
  readonly folder: string;
  /** The warehouse that commands use by default. */
  readonly warehouse: string;
  readonly worlds: readonly World[];
  /** The ChartMogul itself, which can be made to misbehave and knows its requests. */
  readonly sandbox: Sandbox;
  /** Its URL, also where a command is led somewhere else first. */
  readonly url: string;
  /** What commands find in their environment. */
  readonly environment: Variables;
  /** Runs a command to its end; `env` is added to the environment. */
  run(args: readonly string[], env?: Variables, limits?: Limits): Promise<Ended>;
  start(args: readonly string[], env?: Variables, limits?: Limits): ReturnType<typeof start>;
  /** What a query on the warehouse gives. */
  rows(sql: string): Row[];
  /** The only value of the only row. */
  value(sql: string): unknown;
}

/** A new folder and a sandbox with these accounts, by default one, whose keys are set. */
export async function scene(...given: World[]): Promise<Scene> {
  const worlds = given.length === 0 ? [tiny()] : given;
  const sandbox = await serve(...worlds);
  const { url } = sandbox;
  const folder = temporaryFolder();
  const warehouse = join(folder, "warehouse.db");
  const keys = Object.fromEntries(worlds.map(({ name, key }) => [variableOf(name), key]));
  const environment = { CHARTMOGUL_API_URL: url, CHARTMOGUL_REQUESTS_PER_SECOND: "1000", ...keys };
  const surroundings = (env: Variables = {}, limits: Limits = {}) => ({
    cwd: folder,
    env: { ...environment, ...env },
    limits,
  });
  return {
    folder,
    warehouse,
    worlds,
    sandbox,
    url,
    environment,
    run: (args, env, limits) => run(args, surroundings(env, limits)),
    start: (args, env, limits) => start(args, surroundings(env, limits)),
    rows: (sql) => select(warehouse, sql),
    value: (sql) => Object.values(select(warehouse, sql)[0] ?? {})[0],
  };
}

/** An invented account that is synced in a moment. */
export function tiny(name = "default"): World {
  return smallWorld(name, 15);
}

function variableOf(account: string): string {
  return account === "default" ? "CHARTMOGUL_API_KEY" : `CHARTMOGUL_API_KEY_${account.toUpperCase()}`;
}

function select(path: string, sql: string): Row[] {
  const sqlite = new Database(path, { readonly: true });
  try {
    return sqlite.prepare<[], Row>(sql).all();
  } finally {
    sqlite.close();
  }
}

/** Every row of every table except the record of the runs: what a refused sync must leave as it was. */
export function contents(path: string): Record<string, Row[]> {
  const tables = select(path, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .map(({ name }) => String(name))
    .filter((name) => !/^(sync_(run|summarised|stale|counted)|sqlite_|freshness$)/.test(name));
  return Object.fromEntries(
    tables.map((table) => {
      const key = select(path, `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`);
      const order = key.length === 0 ? "rowid" : key.map(({ name }) => `"${name}"`).join(", ");
      return [table, select(path, `SELECT * FROM "${table}" ORDER BY ${order}`)];
    }),
  );
}

/** How many rows of this account each table has, without tables that have none. */
export function rowCounts(path: string, account: string): Record<string, number> {
  const own = Object.entries(contents(path)).map(([table, rows]): [string, number] => [
    table,
    rows.filter((row) => row["account"] === account).length,
  ]);
  return Object.fromEntries(own.filter(([, rows]) => rows > 0));
}

/** What must be stored of an account, table by table. */
export function expectedRows(world: World): Record<string, number> {
  return {
    accounts: 1,
    plans: world.plans.length,
    customers: world.customers.length,
    subscriptions: [...world.subscriptions.values()].flat().length,
    active_subscriptions: [...world.subscriptions.values()].flat().filter(({ status }) => status === "active")
      .length,
    invoices: world.invoices.length,
    invoice_line_items: world.invoices.flatMap((invoice) => invoice.line_items).length,
    invoice_transactions: world.invoices.flatMap((invoice) => invoice.transactions).length,
  };
}

/** The bytes of all files of a folder by name. */
export function bytesIn(folder: string): Record<string, string> {
  const read = (name: string): [string, string] => [
    name,
    readFileSync(join(folder, name)).toString("base64"),
  ];
  return Object.fromEntries(readdirSync(folder).sort().map(read));
}

/** A server on loopback that ends with the test; gives its base URL. */
export async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** A URL on loopback where nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/v1`;
}

/** A server in front of a ChartMogul that passes on each request for which `own` returns false. */
export function inFrontOf(
  { url }: Scene,
  own: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<string> {
  return listen((request, response) => {
    if (!own(request, response)) void passOn(new URL(url).origin, request, response);
  });
}

async function passOn(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization = "" } = request.headers;
  try {
    const answer = await fetch(`${origin}${request.url}`, { headers: { authorization } });
    const type = answer.headers.get("content-type") ?? "application/json";
    response.writeHead(answer.status, { "content-type": type }).end(await answer.text());
  } catch {
    // The test has ended, and its ChartMogul is gone while a request is still open.
    response.destroy();
  }
}

/** A server in front of a ChartMogul that rewrites the text of its replies, as only another program would write it. */
export function rewriting(
  behind: Scene,
  rewrite: (body: string, path: string) => string | Buffer,
): Promise<string> {
  return inFrontOf(behind, (request, response) => {
    const { authorization = "" } = request.headers;
    const { origin } = new URL(behind.url);
    void fetch(`${origin}${request.url}`, { headers: { authorization } }).then(async (answer) => {
      const type = answer.headers.get("content-type") ?? "application/json";
      response
        .writeHead(answer.status, { "content-type": type })
        .end(rewrite(await answer.text(), request.url ?? ""));
    });
    return true;
  });
}

/** A ChartMogul that answers requests whose URL fits only after `release`. */
export async function holding(
  behind: Scene,
  url: RegExp,
): Promise<{ url: string; reached: Promise<void>; release: () => void }> {
  let released = false;
  const waiting: (() => void)[] = [];
  let confirm = () => {};
  const reached = new Promise<void>((resolve) => {
    confirm = resolve;
  });
  const origin = new URL(behind.url).origin;
  const front = await inFrontOf(behind, (request, response) => {
    if (released || !url.test(request.url ?? "")) return false;
    waiting.push(() => void passOn(origin, request, response));
    confirm();
    return true;
  });
  return {
    url: front,
    reached,
    release() {
      released = true;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}
