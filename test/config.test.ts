import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
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
  ["LOG_LEVEL", "verbose", "is none of debug, info, warn, error"],
  ["LOG_FORMAT", "xml", "is none of pretty, json"],
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
  expect(message).toMatch(/CHARTMOGUL_API_KEY\b.*CHARTMOGUL_API_KEY_DEFAULT are both .* account "default"/);
  expect(`${message} ${hint}`).not.toMatch(/key-of-/);
  refusalOf(() => configOf({ CHARTMOGUL_API_KEY_OAK: "key-of-oak", chartmogul_api_key_oak: "key-of-elm" }));
});

test("an unreadable .env is refused by its path instead of being left out", () => {
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

test("without any variable the defaults of the README hold and there is no account", () => {
  expect(configOf({})).toEqual({
    accounts: [],
    CHARTMOGUL_API_URL: "https://api.chartmogul.com/v1",
    CHARTMOGUL_REQUESTS_PER_SECOND: 39,
    CHARTMOGUL_CONNECTIONS: 18,
    WAREHOUSE_PATH: "warehouse.db",
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

test("a fault in .env is told like one in the environment", () => {
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
