import { onTestFinished } from "vitest";
import type { ApiClient, Query } from "../../src/api/api-client.ts";
import { type ClientOptions, createClient } from "../../src/http/client.ts";
import type { RetryPolicy } from "../../src/http/retry-policy.ts";
import { generateWorld } from "../../src/sandbox/generate-world.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import type { World } from "../../src/sandbox/world.ts";

/** The day on which the invented accounts end and the tests sync. */
export const today = new Date("2025-06-30T15:00:00Z");

/** A small invented account. */
export function smallWorld(name = "default", customers = 30): World {
  return generateWorld({
    name,
    key: `${name}-key`,
    seed: name.length,
    customers,
    currency: "EUR",
    timeZone: "Europe/Lisbon",
    now: today,
  });
}

/** An account that a test serves; `largestPage` is the most records of a page. */
export interface ServedInPages extends Sandbox {
  readonly largestPage?: number;
}

/** Serves these accounts without limits until the test has ended; small pages make a small account a long walk. */
export async function serve(
  ...served: readonly (World | { readonly largestPage: number })[]
): Promise<ServedInPages> {
  const worlds = served.filter((each) => "key" in each);
  const [paging = {}] = served.filter((each) => "largestPage" in each);
  const sandbox = await startSandbox({
    ...{ worlds, requestsPerSecond: Infinity, connections: Infinity },
    ...paging,
  });
  onTestFinished(() => sandbox.close());
  return { ...sandbox, ...paging };
}

/** A connection to one of the served accounts, fast and with a fixed clock. */
export function connectTo(
  { url }: Sandbox,
  { key }: World,
  {
    retries = 1,
    firstDelay = 1,
    ...options
  }: Pick<ClientOptions, "signal" | "timeouts" | "onRetry"> & Partial<RetryPolicy> = {},
): ApiClient {
  return createClient({
    url,
    key,
    requestsPerSecond: 100_000,
    connections: 18,
    retry: { retries, firstDelay },
    pause: 1,
    now: () => today,
    ...options,
  });
}

/** The same API client, with its requests through `wrap`. */
export function wrapped(api: ApiClient, wrap: (get: ApiClient["get"]) => ApiClient["get"]): ApiClient {
  const own: ApiClient = {
    get: wrap((path, query) => api.get(path, query)),
    profile: () => api.profile(),
    get patient() {
      return api.patient === api ? own : wrapped(api.patient, wrap);
    },
    now: () => api.now(),
  };
  return own;
}

/** The same API client, except that `before` is called with each path and query first and may throw. */
export function intercepted(api: ApiClient, before: (path: string, query?: Query) => void): ApiClient {
  return wrapped(api, (get) => async (path, query) => {
    before(path, query);
    return get(path, query);
  });
}

type Body = Readonly<Record<string, unknown>>;

/** The same API client, with bent replies. */
export function bent(api: ApiClient, bend: (body: Body, path: string, query: Query) => unknown): ApiClient {
  return wrapped(
    api,
    (get) =>
      async (path, query = {}) =>
        bend((await get(path, query)) as Body, path, query),
  );
}
