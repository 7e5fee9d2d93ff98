import { afterEach } from "vitest";
import { generateWorld } from "../../src/sandbox/generate-world.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox.ts";
import type { World } from "../../src/sandbox/world.ts";

/** The day on which every invented test history ends. */
export const TODAY = new Date("2026-03-05T12:00:00Z");

/** An answered body; which keys it has is what the tests are about. */
type Body = Record<string, unknown> & { entries?: Record<string, unknown>[]; cursor?: string | null };

/** Asks one world of a sandbox. */
export interface Client {
  response(path: string): Promise<Response>;
  body(path: string): Promise<Body>;
  /** Follows the cursor until `has_more` is false and gives back the rows of all pages. */
  readAll(path: string, key?: string): Promise<Record<string, unknown>[]>;
}

/** A small world in New York; generated again for each test: tests may change it. */
export function smallWorld(customers = 40): World {
  return generateWorld({
    name: "test",
    key: "sandbox-test-key",
    seed: 7,
    customers,
    currency: "USD",
    timeZone: "America/New_York",
    now: TODAY,
  });
}

/** A record as the wire shows it: without the symbols that a world keeps on it. */
export function onTheWire<Row>(row: Row): Row {
  return JSON.parse(JSON.stringify(row)) as Row;
}

const open: Sandbox[] = [];

afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

/** Starts a sandbox without limits that is closed after the test. */
export async function serve(options: SandboxOptions): Promise<Sandbox> {
  const unlimited = { requestsPerSecond: Number.POSITIVE_INFINITY, connections: Number.POSITIVE_INFINITY };
  const sandbox = await startSandbox({ ...unlimited, ...options });
  open.push(sandbox);
  return sandbox;
}

/** Asks as the owner of an API key, by default with an empty password. */
export function clientOf(sandbox: Sandbox, key = sandbox.worlds[0]?.key ?? "", password = ""): Client {
  const authorization = `Basic ${Buffer.from(`${key}:${password}`).toString("base64")}`;
  const response = (path: string) => fetch(`${sandbox.url}${path}`, { headers: { authorization } });
  const body = async (path: string) => (await (await response(path)).json()) as Body;
  return {
    response,
    body,
    async readAll(path, key = "entries") {
      const rows: Record<string, unknown>[] = [];
      const join = path.includes("?") ? "&" : "?";
      let page = await body(path);
      rows.push(...(page[key] as Record<string, unknown>[]));
      while (page["has_more"] === true) {
        page = await body(`${path}${join}cursor=${encodeURIComponent(page.cursor ?? "")}`);
        rows.push(...(page[key] as Record<string, unknown>[]));
      }
      return rows;
    },
  };
}

/** A served small world with a client for it. */
export async function serveSmall(
  world = smallWorld(),
): Promise<{ sandbox: Sandbox; world: World; client: Client }> {
  const sandbox = await serve({ worlds: [world] });
  return { sandbox, world, client: clientOf(sandbox) };
}
