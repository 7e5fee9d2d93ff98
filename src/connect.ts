import { createClient } from "./chartmogul/client.ts";
import { type Proxies, sendVia } from "./chartmogul/proxy.ts";
import type { Source } from "./chartmogul/source.ts";
import type { AccountKey, Config } from "./config.ts";
import type { Log } from "./log.ts";

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
export function connect(
  config: Proxies &
    Pick<Config, "CHARTMOGUL_API_URL" | "CHARTMOGUL_REQUESTS_PER_SECOND" | "CHARTMOGUL_CONNECTIONS">,
  accounts: readonly AccountKey[],
  { log, signal, retries }: Connecting,
): { name: string; source: Source }[] {
  const send = sendVia(config, config.CHARTMOGUL_API_URL);
  return accounts.map(({ name, key }) => ({
    name,
    source: createClient({
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
