import { join } from "node:path";
import cron from "node-cron";
// The small form of zod: every command loads this file, and the large one takes three times as long.
import * as z from "zod/mini";
import { type AccountKey, readAccountKeys } from "./config/api-keys.ts";
import { readDotenv } from "./config/dotenv.ts";
import { describeUnknown } from "./config/unknown.ts";
import { ConfigError } from "./errors.ts";
import { logFormats, logLevels } from "./log.ts";

export type { AccountKey } from "./config/api-keys.ts";

/** Everything that the environment decides. */
export interface Config extends z.output<typeof settings> {
  /** In alphabetical order, `default` first; empty where no key is set. */
  readonly accounts: readonly AccountKey[];
  /** Warnings for the log about settings that have no effect. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

// Only whole addresses: 127.example.com may be any machine.
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

// The user who runs this program must be able to read and write its files.
const fileMode = z.pipe(
  z.string().check(z.regex(/^0?6[0246]{2}$/, "is not a file mode such as 0600 or 0640")),
  z.transform((digits: string) => Number.parseInt(digits, 8)),
);

const yesOrNo = z.stringbool({ error: "is not true or false" });

/** What docs/settings.md says of a setting, beside its name. */
interface SettingText {
  readonly meaning: string;
  readonly unit?: string;
  /** What holds where it is not set and has no default. */
  readonly unset?: string;
}

const described = z.registry<SettingText>();

const settings = z.object({
  CHARTMOGUL_API_URL: z.prefault(apiUrl, "https://api.chartmogul.com/v1").register(described, {
    meaning: "Address of the ChartMogul API. It must begin with `https://`, except on this machine.",
  }),
  CHARTMOGUL_REQUESTS_PER_SECOND: z._default(numberBetween(0.1, 10_000), 39).register(described, {
    meaning: "Requests per second for each API key. ChartMogul allows 40.",
    unit: "requests",
  }),
  CHARTMOGUL_CONNECTIONS: z._default(wholeNumberBetween(1, 1000), 18).register(described, {
    meaning: "Requests in flight at the same time for each API key. ChartMogul allows 20.",
    unit: "requests",
  }),
  HTTPS_PROXY: z.optional(z.string()).register(described, {
    meaning:
      "Proxy for requests to ChartMogul, as `http://user:password@host:port`. The three proxy settings may also be in lower case.",
    unset: "`HTTP_PROXY`",
  }),
  HTTP_PROXY: z.optional(z.string()).register(described, {
    meaning: "The same proxy, also used if `CHARTMOGUL_API_URL` begins with `http://`.",
    unset: "no proxy",
  }),
  NO_PROXY: z.optional(z.string()).register(described, {
    meaning: "Hosts to reach without a proxy, such as `localhost,.example.com`. `*` means every host.",
    unset: "none",
  }),
  WAREHOUSE_PATH: z._default(z.string(), "warehouse.db").register(described, {
    meaning: "Path of the warehouse file.",
  }),
  WAREHOUSE_PUBLISH_PATH: z.optional(z.string()).register(described, {
    meaning: "Path of a copy for readers. Every complete sync replaces it.",
    unset: "no copy",
  }),
  WAREHOUSE_FILE_MODE: z.prefault(fileMode, "0600").register(described, {
    meaning:
      "Permissions of the files that the program creates. A user who may read them may also enter their folders. An existing file keeps its permissions.",
    unit: "octal digits",
  }),
  SYNC_SKIP: z.prefault(z.pipe(z.string(), z.transform(splitNames)), "").register(described, {
    meaning:
      "Resources that a sync does not read, such as `opportunities,tasks`. `--skip` adds to the list. `--only` overrides it.",
    unset: "none",
  }),
  SYNC_DEADLINE_MINUTES: z.optional(numberBetween(0, 10_080)).register(described, {
    meaning:
      "Stop reading after this time, and finish the sync with what was read. The next sync continues from there. 0 = no deadline.",
    unit: "minutes",
    unset: "no deadline; for `schedule`, shortly before the next due time",
  }),
  SYNC_RESUME_HOURS: z._default(numberBetween(0, 8760), 24).register(described, {
    meaning:
      "Resume an interrupted sync that started, or reached its deadline, at most this many hours ago. 0 = never resume.",
    unit: "hours",
  }),
  SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS: z._default(wholeNumberBetween(1, 365), 1).register(described, {
    meaning:
      "Re-read each customer's subscriptions at least once in this many days, and at once after a change. 1 = in every sync.",
    unit: "days",
  }),
  SYNC_FULL_WALK_DAYS: z._default(wholeNumberBetween(1, 365), 1).register(described, {
    meaning:
      "Read the listings that begin with the newest record to their end once in this many days. 1 = in every sync.",
    unit: "days",
  }),
  SYNC_LOOKBACK_DAYS: z._default(wholeNumberBetween(0, 36_500), 35).register(described, {
    meaning: "Re-read the activities of this many days before the newest stored one.",
    unit: "days",
  }),
  SYNC_DELETE_LIMIT_PERCENT: z._default(numberBetween(0, 100), 10).register(described, {
    meaning:
      "Delete limit, as a share of a table's live rows. If a listing lacks more, and more than `SYNC_DELETE_LIMIT_ROWS`, no row is marked as deleted.",
    unit: "percent",
  }),
  SYNC_DELETE_LIMIT_ROWS: z._default(numberBetween(0, Number.MAX_SAFE_INTEGER), 20).register(described, {
    meaning: "Delete limit, as a number of rows. It counts together with `SYNC_DELETE_LIMIT_PERCENT`.",
    unit: "rows",
  }),
  SYNC_CHANGES_DAYS: z._default(numberBetween(1, 36_500), 400).register(described, {
    meaning: "Keep the rows of `record_changes` for this many days.",
    unit: "days",
  }),
  SYNC_CHANGES_ALL: z._default(yesOrNo, false).register(described, {
    meaning: "`true`: also record changes of volatile fields, which only repeat a metric or a time.",
  }),
  SYNC_CRON: z
    ._default(z.string().check(z.refine(isCron, "is not a cron expression")), "0 2 * * *")
    .register(described, {
      meaning:
        "When `schedule` syncs, as a cron expression. A time that a clock change skips is due right after the change.",
    }),
  SYNC_TIME_ZONE: z
    .optional(z.string().check(z.refine(isTimeZone, "is not a time zone")))
    .register(described, {
      meaning: "Time zone of `SYNC_CRON`, such as `Europe/Berlin`.",
      unset: "the time zone of the machine",
    }),
  LOG_LEVEL: z
    ._default(z.enum(logLevels, `is not one of ${logLevels.join(", ")}`), "info")
    .register(described, {
      meaning: "The least severe messages to log: `debug`, `info`, `warn` or `error`.",
    }),
  LOG_FORMAT: z
    ._default(z.enum(logFormats, `is not one of ${logFormats.join(", ")}`), "pretty")
    .register(described, {
      meaning: "`pretty`: lines for people. `json`: one object per line.",
    }),
});

/** What one environment variable means, for docs/settings.md. */
export interface SettingEntry extends SettingText {
  readonly name: string;
  /** As it would be written in the environment; undefined where it has no default. */
  readonly default: string | undefined;
}

/** Every setting but the API keys, in the order of the documentation. */
export function describeSettings(): SettingEntry[] {
  return Object.entries(settings.shape).map(([name, schema]) => {
    const text = described.get(schema);
    if (text === undefined) throw new Error(`the setting ${name} has no description`);
    const { def } = schema._zod;
    const value = "defaultValue" in def ? String(def.defaultValue) : "";
    return { name, ...text, default: value === "" ? undefined : value };
  });
}

/** The names in a list such as `opportunities, tasks`. */
export function splitNames(list: string): readonly string[] {
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
      hint: "Correct it in the environment or in .env. docs/settings.md lists all settings.",
    });
  }
  const unknown = describeUnknown(Object.keys(set), settingNames);
  return { ...parsed.data, accounts: readAccountKeys(set), warnings: [...file.warnings, ...unknown] };
}

/** The variables that are set. Many schedulers write "not set" as an empty variable, and proxies are mostly named in lower case. */
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
