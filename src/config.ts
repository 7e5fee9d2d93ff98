import { join } from "node:path";
import cron from "node-cron";
// The small form of zod: every command loads this file, and the large one takes three times as long.
import * as z from "zod/mini";
import { type AccountKey, accountsIn } from "./config/api-keys.ts";
import { readDotenv } from "./config/dotenv.ts";
import { warningsOfUnknown } from "./config/unknown.ts";
import { ConfigError } from "./errors.ts";
import { logFormats, logLevels } from "./log.ts";

export type { AccountKey } from "./config/api-keys.ts";

/** Everything that the environment decides. */
export interface Config extends z.output<typeof settings> {
  /** In alphabetical order, `default` first; empty where no key is set. */
  readonly accounts: readonly AccountKey[];
  /** What was set and has no effect, in words for the log. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

// Only whole addresses: 127.example.com is anybody's.
const isLoopback = (host: string) => host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

const apiUrl = z.pipe(
  z.pipe(
    z.url("is not a URL"),
    z.transform((text) => new URL(text)),
  ),
  z.pipe(
    z.instanceof(URL).check(
      z.refine(
        ({ username, password }) => username === "" && password === "",
        "must not contain a user name or password",
      ),
      z.refine(
        ({ protocol, hostname }) => protocol === "https:" || (protocol === "http:" && isLoopback(hostname)),
        "must begin with https:// (the key would be readable on the way)",
      ),
    ),
    z.transform(({ href }) => href.replace(/\/+$/, "")),
  ),
);

const numberBetween = (least: number, most: number) => {
  const range = `is not between ${least} and ${most}`;
  return z.coerce.number("is not a number").check(z.minimum(least, range), z.maximum(most, range));
};

const wholeNumberBetween = (least: number, most: number) =>
  numberBetween(least, most).check(z.refine(Number.isInteger, "is not a whole number"));

// Who runs this program must be able to read and write what it makes.
const fileMode = z.pipe(
  z.string().check(z.regex(/^0?6[0246]{2}$/, "is no mode of a file, such as 0600 or 0640")),
  z.transform((digits: string) => Number.parseInt(digits, 8)),
);

const yesOrNo = z.stringbool({ error: "is neither true nor false" });

const settings = z.object({
  CHARTMOGUL_API_URL: z.prefault(apiUrl, "https://api.chartmogul.com/v1"),
  CHARTMOGUL_REQUESTS_PER_SECOND: z._default(numberBetween(0.1, 10_000), 39),
  CHARTMOGUL_CONNECTIONS: z._default(wholeNumberBetween(1, 1000), 18),
  HTTPS_PROXY: z.optional(z.string()),
  HTTP_PROXY: z.optional(z.string()),
  NO_PROXY: z.optional(z.string()),
  WAREHOUSE_PATH: z._default(z.string(), "warehouse.db"),
  WAREHOUSE_PUBLISH_PATH: z.optional(z.string()),
  WAREHOUSE_FILE_MODE: z._default(fileMode, 0o600),
  SYNC_SKIP: z.prefault(z.pipe(z.string(), z.transform(namesIn)), ""),
  SYNC_DEADLINE_MINUTES: z.optional(numberBetween(0, 10_080)),
  SYNC_RESUME_HOURS: z._default(numberBetween(0, 8760), 24),
  SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS: z._default(wholeNumberBetween(1, 365), 1),
  SYNC_FULL_WALK_DAYS: z._default(wholeNumberBetween(1, 365), 1),
  SYNC_LOOKBACK_DAYS: z._default(wholeNumberBetween(0, 36_500), 35),
  SYNC_DELETE_LIMIT_PERCENT: z._default(numberBetween(0, 100), 10),
  SYNC_DELETE_LIMIT_ROWS: z._default(numberBetween(0, Number.MAX_SAFE_INTEGER), 20),
  SYNC_CHANGES_DAYS: z._default(numberBetween(1, 36_500), 400),
  SYNC_CHANGES_ALL: z._default(yesOrNo, false),
  SYNC_CRON: z._default(z.string().check(z.refine(isCron, "is not a cron expression")), "0 2 * * *"),
  SYNC_TIME_ZONE: z.optional(z.string().check(z.refine(isTimeZone, "is not a time zone"))),
  LOG_LEVEL: z._default(z.enum(logLevels, `is none of ${logLevels.join(", ")}`), "info"),
  LOG_FORMAT: z._default(z.enum(logFormats, `is none of ${logFormats.join(", ")}`), "pretty"),
});

/** The names in a list such as `opportunities, tasks`. */
export function namesIn(list: string): readonly string[] {
  return list.split(",").flatMap((name) => name.trim() || []);
}

/** True for a cron expression of five or six fields. */
export function isCron(expression: string): boolean {
  return cron.validate(expression);
}

/** True for a time zone that this Node knows, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The names of all settings but those of the keys. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

/** The file of variables in the working folder. */
export const dotenvName = ".env";

/** Reads the environment and, below it, `.env` in the folder. Throws a ConfigError that names the variable at fault. */
export function readConfig(environment: Environment = process.env, folder = process.cwd()): Config {
  const file = readDotenv(join(folder, dotenvName));
  const set = { ...settingsIn(file.variables), ...settingsIn(environment) };
  const parsed = settings.safeParse(set);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0]);
    // A URL may hold a password.
    const value = name === "CHARTMOGUL_API_URL" ? "" : `: ${JSON.stringify(set[name])}`;
    throw new ConfigError(`${name} ${issue?.message ?? "is not valid"}${value}`, {
      hint: "Correct it in the environment or in .env; docs/settings.md lists all variables.",
    });
  }
  const unknown = warningsOfUnknown(Object.keys(set), settingNames);
  return { ...parsed.data, accounts: accountsIn(set), warnings: [...file.warnings, ...unknown] };
}

/** What is set: an empty variable is how many schedulers say "not set", and proxies are mostly named in lower case. */
function settingsIn(variables: Environment): Environment {
  const set = withoutEmpty(variables);
  const proxies = proxyNames.map((name) => [name, set[name.toLowerCase()] ?? set[name]]);
  return { ...set, ...withoutEmpty(Object.fromEntries(proxies)) };
}

const proxyNames = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

function withoutEmpty(variables: Environment): Environment {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
}
