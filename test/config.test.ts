import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { temporaryFolder } from "./support/folder.ts";

type Variables = Readonly<Record<string, string>>;

/** The configuration of this environment in a folder without `.env`. */
function configOf(environment: Variables) {
  return readConfig(environment, temporaryFolder());
}

/** A folder with this `.env`. */
function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".env"), text);
  return folder;
}

function refusalOf(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

test.each([
  ["CHARTMOGUL_REQUESTS_PER_SECOND", "0", "is not between 0.1 and 10000"],
  ["CHARTMOGUL_REQUESTS_PER_SECOND", "-1", "is not between 0.1 and 10000"],
  ["CHARTMOGUL_REQUESTS_PER_SECOND", "10001", "is not between 0.1 and 10000"],
  ["CHARTMOGUL_REQUESTS_PER_SECOND", "fast", "is not a number"],
  ["CHARTMOGUL_REQUESTS_PER_SECOND", "Infinity", "is not a number"],
  ["CHARTMOGUL_CONNECTIONS", "0", "is not between 1 and 1000"],
  ["CHARTMOGUL_CONNECTIONS", "1001", "is not between 1 and 1000"],
  ["CHARTMOGUL_CONNECTIONS", "2.5", "is not a whole number"],
  ["CHARTMOGUL_CONNECTIONS", "18 at most", "is not a number"],
  ["SYNC_CRON", "0 2 * *", "is not a cron expression"],
  ["SYNC_TIME_ZONE", "Berlin", "is not a time zone"],
  ["LOG_LEVEL", "verbose", "is not one of debug, info, warn, error"],
  ["LOG_FORMAT", "xml", "is not one of pretty, json"],
])("%s=%s is refused: it %s", (name, value, message) => {
  const { message: said, hint } = refusalOf(() => configOf({ [name]: value }));
  expect(said).toBe(`${name} ${message}: "${value}"`);
  expect(hint).toContain(".env");
});

test.each([
  ["http://reports.example.com/v1", "must begin with https://"],
  ["http://127.example.com/v1", "must begin with https://"],
  ["http://localhost.example.com/v1", "must begin with https://"],
  ["http://0.0.0.0:4010/v1", "must begin with https://"],
  ["ftp://127.0.0.1/v1", "must begin with https://"],
  ["api.chartmogul.com/v1", "is not a URL"],
  ["not a URL with hush-hush in it", "is not a URL"],
  ["https://ida:hush-hush@api.example.com/v1", "must not contain a user name or password"],
  ["http://ida:hush-hush@reports.example.com/v1", "must not contain a user name or password"],
  ["http://hush-hush@127.0.0.1/v1", "must not contain a user name or password"],
])("the URL %s is refused, and no part of it is repeated", (url, message) => {
  const { message: said, hint } = refusalOf(() => configOf({ CHARTMOGUL_API_URL: url }));
  expect(said).toContain(`CHARTMOGUL_API_URL ${message}`);
  expect(`${said} ${hint}`).not.toContain("hush-hush");
  expect(`${said} ${hint}`).not.toContain("example.com");
});

test.each([
  ["https://api.example.com/v1", "https://api.example.com/v1"],
  ["https://api.example.com/v1//", "https://api.example.com/v1"],
  ["http://localhost:4010/v1", "http://localhost:4010/v1"],
  ["http://127.0.0.2:4010/v1", "http://127.0.0.2:4010/v1"],
  ["http://[::1]:4010/v1", "http://[::1]:4010/v1"],
])("the URL %s is accepted", (url, read) => {
  expect(configOf({ CHARTMOGUL_API_URL: url }).CHARTMOGUL_API_URL).toBe(read);
});

test("two different keys for one account are refused by the names of their variables, without the keys", () => {
  const { message, hint } = refusalOf(() =>
    configOf({ CHARTMOGUL_API_KEY: "key-of-oak", CHARTMOGUL_API_KEY_DEFAULT: "key-of-elm" }),
  );
  expect(message).toMatch(
    /CHARTMOGUL_API_KEY\b.*CHARTMOGUL_API_KEY_DEFAULT set different keys for account "default"/,
  );
  expect(`${message} ${hint}`).not.toMatch(/key-of-/);
  refusalOf(() => configOf({ CHARTMOGUL_API_KEY_OAK: "key-of-oak", chartmogul_api_key_oak: "key-of-elm" }));
});

test("an unreadable .env is an error with its path, and is not ignored", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".env"));
  expect(refusalOf(() => readConfig({}, folder)).message).toContain(join(folder, ".env"));
});

test("accounts are named after their variables, in lower case with dashes, default first", () => {
  const { accounts } = configOf({
    CHARTMOGUL_API_KEY_WEST_COAST_2: "key-of-west",
    CHARTMOGUL_API_KEY_ATOLL: " key-of-atoll\n",
    CHARTMOGUL_API_KEY: "key-of-default",
    CHARTMOGUL_API_KEYS: "something else",
    MY_CHARTMOGUL_API_KEY_X: "something else",
  });
  expect(accounts).toEqual([
    { name: "default", key: "key-of-default" },
    { name: "atoll", key: "key-of-atoll" },
    { name: "west-coast-2", key: "key-of-west" },
  ]);
});

test("without any variable the defaults hold and there is no account", () => {
  expect(configOf({})).toEqual({
    accounts: [],
    warnings: [],
    CHARTMOGUL_API_URL: "https://api.chartmogul.com/v1",
    CHARTMOGUL_REQUESTS_PER_SECOND: 39,
    CHARTMOGUL_CONNECTIONS: 18,
    WAREHOUSE_PATH: "warehouse.db",
    WAREHOUSE_FILE_MODE: 0o600,
    SYNC_SKIP: [],
    SYNC_RESUME_HOURS: 24,
    SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS: 1,
    SYNC_FULL_WALK_DAYS: 1,
    SYNC_LOOKBACK_DAYS: 35,
    SYNC_DELETE_LIMIT_PERCENT: 10,
    SYNC_DELETE_LIMIT_ROWS: 20,
    SYNC_CHANGES_DAYS: 400,
    SYNC_CHANGES_ALL: false,
    SYNC_CRON: "0 2 * * *",
    LOG_LEVEL: "info",
    LOG_FORMAT: "pretty",
  });
});

test.each(["", "  "])("a variable that is %j counts as unset, for a key as for a setting", (empty) => {
  const environment = { CHARTMOGUL_API_KEY: empty, CHARTMOGUL_CONNECTIONS: empty, LOG_LEVEL: empty };
  expect(configOf(environment)).toEqual(configOf({}));
  const folder = folderWith("CHARTMOGUL_API_KEY=key-of-file\nCHARTMOGUL_CONNECTIONS=3\n");
  expect(readConfig(environment, folder)).toMatchObject({
    accounts: [{ name: "default", key: "key-of-file" }],
    CHARTMOGUL_CONNECTIONS: 3,
  });
});

test(".env gives what the environment does not, and the environment beats it", () => {
  const folder = folderWith(
    '# nightly\nCHARTMOGUL_API_KEY=key-of-file\nCHARTMOGUL_API_KEY_ATOLL="key-of-atoll"\nCHARTMOGUL_CONNECTIONS=3\nLOG_LEVEL=warn\n',
  );
  const config = readConfig({ CHARTMOGUL_API_KEY: "key-of-shell", LOG_LEVEL: "debug" }, folder);
  expect(config).toMatchObject({
    accounts: [
      { name: "default", key: "key-of-shell" },
      { name: "atoll", key: "key-of-atoll" },
    ],
    CHARTMOGUL_CONNECTIONS: 3,
    LOG_LEVEL: "debug",
  });
});

test("a fault in .env is reported like one in the environment", () => {
  const folder = folderWith("CHARTMOGUL_CONNECTIONS=none\n");
  expect(refusalOf(() => readConfig({}, folder)).message).toBe(
    'CHARTMOGUL_CONNECTIONS is not a number: "none"',
  );
});

test("the same key under two names is refused", () => {
  const folder = temporaryFolder();
  const twice = { CHARTMOGUL_API_KEY: "one-key", CHARTMOGUL_API_KEY_PROD: "one-key" };
  expect(() => readConfig(twice, folder)).toThrow(
    "CHARTMOGUL_API_KEY and CHARTMOGUL_API_KEY_PROD hold the same key",
  );
});

test.each([
  ["CHARTMOGUL_APIKEY", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGUL_APIKEY_EU", "CHARTMOGUL_API_KEY_<NAME>"],
  ["CHARTMOGUL_API_KEY_", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGUL_API_KEY_EU_", "CHARTMOGUL_API_KEY_<NAME>"],
  ["CHARTMOGUL_API_KEY_EU.WEST", "CHARTMOGUL_API_KEY_<NAME>"],
  ["CHARTMOGUL_API_KEYS", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGUL_KEY", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGUL_TOKEN", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGULAPIKEY", "CHARTMOGUL_API_KEY"],
  ["CHART_MOGUL_API_KEY", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGL_API_KEY", "CHARTMOGUL_API_KEY"],
  ["CHARTMOGUL_URL", "CHARTMOGUL_API_URL"],
  ["SYNC_CHRON", "SYNC_CRON"],
  ["SYNC_TIMEZONE", "SYNC_TIME_ZONE"],
  ["SYNC-CRON", "SYNC_CRON"],
  ["sync_cron", "SYNC_CRON"],
  ["WAREHOUES_PATH", "WAREHOUSE_PATH"],
  ["WAREHOUSEPATH", "WAREHOUSE_PATH"],
  ["WAREHOUSE_FILE", "WAREHOUSE_PATH"],
  ["LOGLEVEL", "LOG_LEVEL"],
  ["log_format", "LOG_FORMAT"],
  ["LOG_LEVL", "LOG_LEVEL"],
])("%s is warned of, with %s as the nearest setting and without its value", (name, near) => {
  const { warnings, accounts } = configOf({ [name]: "hush-hush" });
  expect(warnings).toEqual([`${name} is not a setting and has no effect; the nearest setting is ${near}`]);
  expect(accounts).toEqual([]);
});

test("variables of other programs and empty ones are not warned of", () => {
  const others = {
    GLOG_LEVEL: "1",
    PATH: "/bin",
    MY_SYNC_X: "1",
    DIALOG_X: "1",
    LOGNAME: "ida",
    RSYNC_RSH: "ssh",
  };
  expect(configOf({ ...others, SYNC_CHRON: " " }).warnings).toEqual([]);
});

test("a character that does not belong in a name ends what is shown of it", () => {
  const { warnings } = configOf({ "CHARTMOGUL_API_KEY: hush-hush": "x" });
  expect(warnings).toEqual([
    "CHARTMOGUL_API_KEY… is not a setting and has no effect; the nearest setting is CHARTMOGUL_API_KEY",
  ]);
});

test.each(["CHARTMOGUL_API_KEY_EU-WEST", "CHARTMOGUL-API-KEY-EU-WEST", "CHARTMOGUL_API_KEY-EU_WEST"])(
  "%s is the key of account eu-west",
  (name) => {
    expect(configOf({ [name]: "key-of-oak" })).toMatchObject({
      accounts: [{ name: "eu-west", key: "key-of-oak" }],
      warnings: [],
    });
    expect(readConfig({}, folderWith(`${name}=key-of-oak`)).accounts).toEqual([
      { name: "eu-west", key: "key-of-oak" },
    ]);
    const both = { [name]: " key-of-oak", CHARTMOGUL_API_KEY_EU_WEST: "key-of-oak\n" };
    expect(configOf(both).accounts).toHaveLength(1);
    const different = { ...both, CHARTMOGUL_API_KEY_EU_WEST: "key-of-elm" };
    expect(refusalOf(() => configOf(different)).message).toContain(
      'set different keys for account "eu-west"',
    );
  },
);

test.each([
  '"key-of-oak"',
  "'key-of-oak'",
  "key of oak",
  "key-of\noak",
  "key-of\u00a0oak",
  "key-of-\u00f6ak",
])("the key %j is refused by the name of its variable, and no part of it is repeated", (key) => {
  const { message, hint } = refusalOf(() => configOf({ CHARTMOGUL_API_KEY_OAK: key }));
  expect(message).toContain("CHARTMOGUL_API_KEY_OAK is not an API key");
  expect(`${message} ${hint}`).not.toMatch(/key.of|oak"/);
});

describe(".env", () => {
  test.each([
    ["with a byte order mark", "\ufeffCHARTMOGUL_API_KEY=key-of-oak\nLOG_LEVEL=warn\n"],
    ["with CRLF", "CHARTMOGUL_API_KEY=key-of-oak\r\nLOG_LEVEL=warn\r\n"],
    ["with lone CR", "CHARTMOGUL_API_KEY=key-of-oak\rLOG_LEVEL=warn\r"],
    ["with export", "export CHARTMOGUL_API_KEY=key-of-oak\n export \t LOG_LEVEL=warn"],
    ["with blanks and quotes", " CHARTMOGUL_API_KEY = \"key-of-oak\" # mine\n\tLOG_LEVEL= 'warn'  \n"],
  ])("%s is read", (_, text) => {
    expect(readConfig({}, folderWith(text))).toMatchObject({
      accounts: [{ name: "default", key: "key-of-oak" }],
      LOG_LEVEL: "warn",
      warnings: [],
    });
  });

  const text = "CHARTMOGUL_API_KEY=key-of-oak\r\n";
  const little = Buffer.from(text, "utf16le");
  const big = Buffer.from(little).swap16();
  test.each([
    ["little-endian", little],
    ["big-endian", big],
    ["little-endian with a mark", Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
    ["big-endian with a mark", Buffer.concat([Buffer.from([0xfe, 0xff]), big])],
  ])("in UTF-16, %s, is refused by its path with how to save it", (_, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, ".env"), bytes);
    const { message, hint } = refusalOf(() => readConfig({}, folder));
    expect(message).toBe(`${join(folder, ".env")} is saved as UTF-16 and cannot be read`);
    expect(hint).toContain("UTF-8");
  });

  test("a line that is not a variable causes a warning with its number, and the other lines count", () => {
    const folder = folderWith(
      [
        "# mine",
        "CHARTMOGUL_API_KEY_A: hush-hush",
        "CHARTMOGUL_CONNECTIONS=3",
        "hush-hush",
        '$env:CHARTMOGUL_API_KEY_B="hush-hush"',
        "set CHARTMOGUL_API_KEY_C=hush-hush",
        "=hush-hush",
        "CHARTMOGUL_API_KEY_D='key-of-",
        "",
        'NOTE="two',
        'lines"',
        "SYNC_LOOKBACK_DAYS=9",
        "last",
      ].join("\n"),
    );
    const { warnings, ...read } = readConfig({}, folder);
    expect(read).toMatchObject({ accounts: [], CHARTMOGUL_CONNECTIONS: 3, SYNC_LOOKBACK_DAYS: 9 });
    expect(warnings).toEqual(
      [2, 4, 5, 6, 7, 8, 13].map((line) => `line ${line} of .env is not NAME=value and has no effect`),
    );
  });

  test("a name that comes twice is warned of with the line that counts", () => {
    const folder = folderWith("CHARTMOGUL_API_KEY=key-of-oak\n\nexport CHARTMOGUL_API_KEY=key-of-elm\n");
    expect(readConfig({}, folder)).toMatchObject({
      accounts: [{ name: "default", key: "key-of-elm" }],
      warnings: [".env sets CHARTMOGUL_API_KEY more than once; the value of line 3 is used"],
    });
  });
});
