import type { ApiClient } from "../api/api-client.ts";
import type { AccountKey, Config } from "../config.ts";
import type { Log } from "../log.ts";
import { createClient } from "./client.ts";
import { type Proxies, sendVia } from "./proxy.ts";

interface Connecting {
  /** Told before each wait for a retry. */
  readonly log?: Pick<Log, "warn">;
  readonly signal?: AbortSignal;
  /** How often a request is sent again; by default as often as a sync needs it. */
  readonly retries?: number;
}

/** Who waits for an answer: some five seconds of trouble are enough, where a sync is patient for minutes. */
export const patienceOfAQuestion = 3;

/** A connection to ChartMogul for each of these accounts. */
export function createApiClients(
  config: Proxies &
    Pick<Config, "CHARTMOGUL_API_URL" | "CHARTMOGUL_REQUESTS_PER_SECOND" | "CHARTMOGUL_CONNECTIONS">,
  accounts: readonly AccountKey[],
  { log, signal, retries }: Connecting,
): { name: string; api: ApiClient }[] {
  const send = sendVia(config, config.CHARTMOGUL_API_URL);
  return accounts.map(({ name, key }) => ({
    name,
    api: createClient({
      url: config.CHARTMOGUL_API_URL,
      key,
      requestsPerSecond: config.CHARTMOGUL_REQUESTS_PER_SECOND,
      connections: config.CHARTMOGUL_CONNECTIONS,
      send,
      // A signal of its own: a schedule's lives for years and would gather the listeners of every night.
      ...(signal && { signal: AbortSignal.any([signal]) }),
      ...(retries !== undefined && { retries }),
      ...(log && { onRetry: (message: string) => log.warn(message, { account: name }) }),
    }),
  }));
}
