import type * as z from "zod";
import type { ApiClient } from "../api/api-client.ts";
import { openForReading, type Warehouse } from "../database/open.ts";
import { explainSqliteError } from "../database/sqlite-errors.ts";
import { ArgumentError } from "../errors.ts";
import { readAccountNames } from "../state/linked-accounts.ts";
import { type ReadFunction, readParameters } from "./read-function.ts";

/** What the functions can be asked of. */
export interface CallerSettings {
  /** Path of the warehouse. */
  readonly path: string;
  /** The accounts that have a key. */
  readonly clients: readonly { readonly name: string; readonly api: ApiClient }[];
  readonly now?: () => Date;
  /** Bytes that a list's result may have as JSON. A larger one has fewer records, and a cursor behind the last of them. */
  readonly bytes?: number;
}

/**
 * Calls a function with parameters as they were given, for the named account, by default the one called `default` or the only one.
 * Rejects with an ExplainedError for whatever is wrong: an ArgumentError before anything is asked.
 */
export type Caller = <Parameters extends z.ZodObject, Answer>(
  of: ReadFunction<Parameters, Answer>,
  given: unknown,
  account?: string,
) => Promise<Answer>;

/** The warehouse is opened for each call, so that a sync may replace or change it in between. */
export function createCaller({ path, clients, now = () => new Date(), bytes }: CallerSettings): Caller {
  const withKey = clients.map(({ name }) => name);
  return async (of, given, account) => {
    const parameters = readParameters(of, given);
    if (parameters["live"] === true) {
      const name = chooseAccount(account, withKey, "with a key");
      const api = clients.find((each) => each.name === name)?.api;
      if (api === undefined) throw createUnknownAccountError(name, withKey, "with a key");
      return of.live({ name, api, bytes }, parameters);
    }
    return readWarehouse(path, (warehouse) => {
      const names = [...new Set([...withKey, ...readAccountNames(warehouse)])];
      const name = chooseAccount(account, names, "with a key or in the warehouse");
      return of.fromWarehouse({ name, warehouse, now, bytes }, parameters);
    });
  };
}

/** Reads a warehouse that stays as it is meanwhile. */
function readWarehouse<T>(path: string, read: (warehouse: Warehouse) => T): T {
  const warehouse = openForReading(path);
  try {
    return warehouse.sqlite.transaction(() => read(warehouse))();
  } catch (cause) {
    throw explainSqliteError(path, cause);
  } finally {
    warehouse.close();
  }
}

function chooseAccount(account: string | undefined, names: readonly string[], which: string): string {
  if (account !== undefined) {
    if (names.includes(account)) return account;
    throw createUnknownAccountError(account, names, which);
  }
  const [only, ...others] = names;
  if (names.includes("default")) return "default";
  if (only !== undefined && others.length === 0) return only;
  throw new ArgumentError(
    only === undefined
      ? `there is no account ${which}`
      : "there are several accounts, and no account is called default",
    {
      hint:
        only === undefined ? "Set CHARTMOGUL_API_KEY and run `sync`." : `Choose one: ${names.join(", ")}.`,
    },
  );
}

function createUnknownAccountError(account: string, names: readonly string[], which: string): ArgumentError {
  return new ArgumentError(`there is no account "${account}" ${which}`, {
    hint:
      names.length === 0
        ? "There are no accounts."
        : `There ${names.length === 1 ? "is" : "are"}: ${names.join(", ")}.`,
  });
}
