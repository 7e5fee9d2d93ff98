import { dictionary, type TableEntry } from "../catalogue/dictionary.ts";
import type { AccountKey, Config } from "../config.ts";
import { ConfigError } from "../errors.ts";
import type { Resource } from "../resource.ts";
import { resources } from "../resources/index.ts";

/** Gathers the values of an option that may be given several times. */
export const several = (value: string, before: readonly string[]) => [...before, value];

/** The configured accounts of these names, all where none is named. Throws a ConfigError for a name without a key. */
export function selectAccounts({ accounts }: Config, names: readonly string[]): readonly AccountKey[] {
  if (accounts.length === 0) {
    throw new ConfigError("no API key is set", {
      hint: "Set CHARTMOGUL_API_KEY in the environment or in .env (in ChartMogul: Profile, API keys; read-only is enough). To try without a key run `demo`.",
    });
  }
  for (const name of names) known("account", name, accounts);
  return names.length === 0 ? accounts : accounts.filter(({ name }) => names.includes(name));
}

/** Those of the accounts in the warehouse that are named, all where none is. Throws a ConfigError for a name that is not there. */
export function accountsNamed(names: readonly string[], inWarehouse: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !inWarehouse.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`there is no account "${unknown}" in the warehouse`, {
      hint: inWarehouse.length === 0 ? "Run `sync` first." : `There are: ${inWarehouse.join(", ")}.`,
    });
  }
  return names.length === 0 ? inWarehouse : [...new Set(names)];
}

/**
 * The resources of these names, all where none is named. Resources that are read for each record of another bring that one along.
 * Throws a ConfigError for an unknown name.
 */
export function selectResources(names: readonly string[]): readonly Resource[] {
  for (const name of names) known("resource", name, resources);
  if (names.length === 0) return resources;
  const wanted = new Set(
    resources
      .filter(({ name }) => names.includes(name))
      .flatMap(({ name, extract }) => [name, extract.parent]),
  );
  return resources.filter(({ name }) => wanted.has(name));
}

/** The resource of this name. Throws a ConfigError for an unknown name. */
export function resourceNamed(name: string): Resource {
  return known("resource", name, resources);
}

/** What the data dictionary says of the table of this name. Throws a ConfigError for an unknown name. */
export function tableNamed(name: string): TableEntry {
  return known("table", name, dictionary());
}

function known<T extends { readonly name: string }>(what: string, name: string, all: readonly T[]): T {
  const found = all.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new ConfigError(`there is no ${what} "${name}"`, {
    hint: `There ${all.length === 1 ? "is" : "are"}: ${all.map((candidate) => candidate.name).join(", ")}.`,
  });
}
