import { ConfigError } from "../errors.ts";
import { createDictionary, type DictionaryTable } from "./dictionary.ts";

/** What the data dictionary says of the table of this name. Throws a ConfigError for an unknown name. */
export function describeTable(name: string): DictionaryTable {
  const entries = createDictionary();
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw new ConfigError(`there is no table "${name}"`, {
    hint: `There are: ${entries.map((entry) => entry.name).join(", ")}.`,
  });
}
