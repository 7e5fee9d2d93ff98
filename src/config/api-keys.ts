import { ConfigError } from "../errors.ts";

/** A ChartMogul account to sync: the operator's name for it, and its API key. */
export interface AccountKey {
  readonly name: string;
  readonly key: string;
}

/** The variables that hold API keys, for docs/settings.md. */
export const keySettings = [
  {
    name: "CHARTMOGUL_API_KEY",
    meaning: "API key of the account `default`. A read-only key is enough.",
    default: undefined,
  },
  {
    name: "CHARTMOGUL_API_KEY_<NAME>",
    meaning:
      "API key of another account. Its name is in lower case, with `-` for `_`: `CHARTMOGUL_API_KEY_EU_WEST` is the key of `eu-west`.",
    default: undefined,
  },
] as const;

// A hyphen between words counts as an underscore.
const keyVariable = /^CHARTMOGUL[_-]API[_-]KEY(?:[_-]([A-Z0-9]+(?:[_-]+[A-Z0-9]+)*))?$/i;

/** True for the name of a variable that holds an API key. */
export function isKeyVariable(name: string): boolean {
  return keyVariable.test(name);
}

/** The accounts whose keys these variables hold, `default` first. Throws a ConfigError for a wrong key, without repeating it. */
export function readAccountKeys(variables: Readonly<Record<string, string | undefined>>): AccountKey[] {
  const accounts = new Map<string, { readonly variable: string; readonly key: string }>();
  for (const [variable, value = ""] of Object.entries(variables)) {
    const match = keyVariable.exec(variable);
    if (!match) continue;
    const name = (match[1] ?? "default").toLowerCase().replaceAll("_", "-");
    const key = keyIn(variable, value);
    const same = accounts.get(name);
    if (same && same.key !== key) {
      throw new ConfigError(`${same.variable} and ${variable} set different keys for account "${name}"`, {
        hint: "Keep one of them.",
      });
    }
    const twin = [...accounts.values()].find((other) => other.key === key);
    if (!same && twin) {
      throw new ConfigError(`${twin.variable} and ${variable} hold the same key`, {
        hint: "Keep one of them. An account with two names would be read and stored twice.",
      });
    }
    accounts.set(name, { variable, key });
  }
  const inOrder = (one: string, other: string) =>
    Number(other === "default") - Number(one === "default") || one.localeCompare(other);
  return [...accounts]
    .map(([name, { key }]) => ({ name, key }))
    .sort((one, other) => inOrder(one.name, other.name));
}

function keyIn(variable: string, value: string): string {
  const key = value.trim();
  if (/^[!-~]+$/.test(key) && !/["'`]/.test(key)) return key;
  throw new ConfigError(
    `${variable} is not an API key: it contains quotes, blanks or other characters that no key has`,
    {
      hint: "Copy the key from ChartMogul again (Profile, API keys). Outside .env, quotes may have become part of the value.",
    },
  );
}
