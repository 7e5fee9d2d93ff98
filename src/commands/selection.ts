import { Option } from "commander";
import { type AccountKey, type Config, splitNames } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";

/** Collects the values of an option that may be repeated. */
export const collectValues = (value: string, before: readonly string[]) => [...before, value];

/** Collects names of resources. One value may hold several names, as SYNC_SKIP does. */
const collectNames = (value: string, before: readonly string[]) => [...before, ...splitNames(value)];

/** `--account`, for a command that concerns several accounts. */
export function createAccountOption(): Option {
  return new Option("--account <name>", "only this account; repeat the option for several")
    .argParser(collectValues)
    .default([], "all accounts");
}

/** `--only`, which names what a sync reads. */
export function createOnlyOption(): Option {
  return new Option(
    "--only <resource>",
    "only this resource, and its parent; repeat the option, or separate names by commas",
  )
    .argParser(collectNames)
    .default([], "all resources");
}

/** `--skip`, which names what a sync does not read. */
export function createSkipOption(): Option {
  return new Option(
    "--skip <resource>",
    "not this resource, nor its child resources; repeat the option, or separate names by commas",
  )
    .argParser(collectNames)
    .default([], "only what SYNC_SKIP names");
}

/** The configured accounts with these names, or all if none is named. Throws a ConfigError for a name without a key. */
export function selectAccounts({ accounts }: Config, names: readonly string[]): readonly AccountKey[] {
  if (accounts.length === 0) {
    throw new ConfigError("no API key is set", {
      hint: "Set CHARTMOGUL_API_KEY in the environment or in .env. In ChartMogul it is under Profile, API keys; a read-only key is enough. `demo` needs no key.",
    });
  }
  for (const name of names) known("account", name, accounts);
  return names.length === 0 ? accounts : accounts.filter(({ name }) => names.includes(name));
}

/** The named accounts of the warehouse, or all if none is named. Throws a ConfigError for an unknown name. */
export function selectStoredAccounts(
  names: readonly string[],
  inWarehouse: readonly string[],
): readonly string[] {
  const unknown = names.find((name) => !inWarehouse.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`there is no account "${unknown}" in the warehouse`, {
      hint: inWarehouse.length === 0 ? "Run `sync` first." : `There are: ${inWarehouse.join(", ")}.`,
    });
  }
  return names.length === 0 ? inWarehouse : [...new Set(names)];
}

/** Names of resources. Each list may be empty. */
interface Naming {
  /** Read these and no others. */
  readonly only: readonly string[];
  /** Do not read these. */
  readonly skip: readonly string[];
  /** SYNC_SKIP: do not read these, except those that `only` names. */
  readonly setting: readonly string[];
}

/** What a sync reads, and what it skips. With `only`, other resources are in neither list. */
export interface SelectedResources {
  readonly resources: readonly Resource[];
  readonly skipped: readonly Resource[];
}

/**
 * The resources that these names select. A child resource brings its parent along, and is skipped with it. Throws a ConfigError for
 * an unknown name, and if nothing is left.
 */
export function selectResources({ only, skip, setting }: Naming): SelectedResources {
  for (const name of [...only, ...skip]) known("resource", name, resources);
  for (const name of setting) known("resource", name, resources, " (SYNC_SKIP)");
  const wanted = withParents(only.filter((name) => !skip.includes(name)));
  const left = new Set([...skip, ...setting.filter((name) => !wanted.has(name))]);
  const isSkipped = ({ name, listing }: Resource) => left.has(name) || left.has(listing.parent ?? "");
  const isWanted = ({ name }: Resource) => only.length === 0 || wanted.has(name);
  const selection = {
    resources: resources.filter((each) => isWanted(each) && !isSkipped(each)),
    skipped: resources.filter(isSkipped),
  };
  if (selection.resources.length > 0) return selection;
  throw new ConfigError("nothing is left to sync", {
    hint: "Remove a name from --skip or SYNC_SKIP. A child resource is skipped together with its parent.",
  });
}

function withParents(names: readonly string[]): ReadonlySet<string | undefined> {
  const named = resources.filter(({ name }) => names.includes(name));
  return new Set(named.flatMap(({ name, listing }) => [name, listing.parent]));
}

/** The resource of this name. Throws a ConfigError for an unknown name. */
export function requireResource(name: string): Resource {
  return known("resource", name, resources);
}

function known<T extends { readonly name: string }>(
  what: string,
  name: string,
  all: readonly T[],
  where = "",
): T {
  const found = all.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new ConfigError(`there is no ${what} "${name}"${where}`, {
    hint: `There ${all.length === 1 ? "is" : "are"}: ${all.map((candidate) => candidate.name).join(", ")}.`,
  });
}
