import { type AccountKey, readConfig } from "./config.ts";
import { ArgumentError } from "./errors.ts";
import { createCaller } from "./functions/caller.ts";
import type { Chartmogul } from "./functions/chartmogul.ts";
import { createChartmogul } from "./functions/create-chartmogul.ts";
import { createApiClients } from "./http/api-clients.ts";
import { retryForSeconds } from "./http/retry-policy.ts";

// Every type that these reach: a program could not declare what it exports of a type that it cannot name.
export type {
  Customer,
  CustomValue,
  Disabling,
  EditHistory,
  Invoice,
  LineItem,
  MetricsEntry,
  Plan,
  Subscription,
  Transaction,
} from "./api/records.ts";
export {
  ApiError,
  ArgumentError,
  ConfigError,
  ExplainedError,
  NotFoundError,
  WarehouseError,
} from "./errors.ts";
export type {
  AccountFunctions,
  Chartmogul,
  CurrentUser,
  Dated,
  FoundCustomer,
  GetCurrentUserOptions,
  GetCustomerOptions,
  GetMetricsOptions,
  ListCustomersOptions,
  ListInvoicesOptions,
  ListPlansOptions,
  ListResult,
  ListSubscriptionsOptions,
  LiveOptions,
  Metrics,
  MetricsValues,
  PageOptions,
  PageResult,
  WalkCustomersOptions,
  WalkInvoicesOptions,
  WalkSubscriptionsOptions,
} from "./functions/chartmogul.ts";

/** What to read. What is not given comes from the environment and `.env`, as for the commands. */
export interface ChartmogulOptions<Name extends string> {
  /** Path of the warehouse. */
  readonly path?: string;
  /** API keys by the names of their accounts. Only live results need one. */
  readonly accounts?: Readonly<Record<Name, string>>;
}

/**
 * Opens the read functions: `chartmogul.list_customers()` for the default account, `chartmogul.production.list_customers()` for the
 * others. Nothing is opened or requested before a function is called. Throws a ConfigError if a setting is wrong.
 */
export function openChartmogul<const Name extends string = string>(
  options: ChartmogulOptions<Name> = {},
): Chartmogul<Name> {
  const { path, accounts } = options;
  const config = readConfig();
  for (const warning of config.warnings) warnOnce(warning);
  const keys = accounts === undefined ? config.accounts : named(accounts);
  const controller = new AbortController();
  const clients = createApiClients(config, keys, { signal: controller.signal, retry: retryForSeconds });
  const call = createCaller({ path: path ?? config.WAREHOUSE_PATH, clients });
  return createChartmogul<Name>(
    async (...question) => {
      controller.signal.throwIfAborted();
      return call(...question);
    },
    () =>
      controller.abort(new ArgumentError("it was closed", { hint: "Open it again with openChartmogul()." })),
  );
}

const warned = new Set<string>();

function warnOnce(warning: string): void {
  if (!warned.has(warning)) process.emitWarning(warning, "chartmogul-warehouse");
  warned.add(warning);
}

function named(accounts: Readonly<Record<string, unknown>>): AccountKey[] {
  return Object.entries(accounts).map(([name, key]) => {
    if (typeof key === "string" && key !== "") return { name, key };
    throw new ArgumentError(`accounts.${name} is not an API key`, { hint: "Give the key as a string." });
  });
}
