import type { ApiClient } from "../api/api-client.ts";
import type { AccountKey, Config } from "../config.ts";
import type { Log } from "../log.ts";
import { createClient } from "./client.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import { createSend, type Proxies } from "./send.ts";

interface ClientSettings {
  /** Says before each wait for a retry why there is one. */
  readonly log?: Pick<Log, "warn">;
  readonly signal?: AbortSignal;
  /** By default that of a sync. */
  readonly retry?: RetryPolicy;
}

/** An API client for each of these accounts. Throws a ConfigError where the proxy's address cannot be used. */
export function createApiClients(
  config: Proxies &
    Pick<Config, "CHARTMOGUL_API_URL" | "CHARTMOGUL_REQUESTS_PER_SECOND" | "CHARTMOGUL_CONNECTIONS">,
  accounts: readonly AccountKey[],
  { log, signal, retry }: ClientSettings,
): { name: string; api: ApiClient }[] {
  const send = createSend(config, config.CHARTMOGUL_API_URL);
  return accounts.map(({ name, key }) => ({
    name,
    api: createClient({
      url: config.CHARTMOGUL_API_URL,
      key,
      requestsPerSecond: config.CHARTMOGUL_REQUESTS_PER_SECOND,
      connections: config.CHARTMOGUL_CONNECTIONS,
      send,
      // A signal of its own: that of a schedule lives for years and would gather the listeners of every sync.
      ...(signal && { signal: AbortSignal.any([signal]) }),
      ...(retry && { retry }),
      ...(log && { onRetry: (message: string) => log.warn(message, { account: name }) }),
    }),
  }));
}
