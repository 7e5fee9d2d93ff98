import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import type { ApiClient } from "../api/api-client.ts";
import { type Config, dotenvName } from "../config.ts";
import { inspectWarehouse } from "../database/inspect.ts";
import { refuseDamage } from "../database/integrity.ts";
import { followLinks } from "../database/links.ts";
import { openForReading } from "../database/open.ts";
import { openReadOnly } from "../database/open-read-only.ts";
import { refuseAsCopy } from "../database/publish.ts";
import { schemaVersion } from "../database/schema-version.ts";
import { ApiError, ExplainedError, WarehouseError } from "../errors.ts";
import { createApiClients } from "../http/api-clients.ts";
import { retryOnce } from "../http/retry-policy.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";
import { findOtherNames } from "../state/linked-accounts.ts";
import { explainHowToAllow, readOddFields } from "../state/status.ts";
import { accountResource } from "../store/record-changes.ts";
import { refuseOtherAccount } from "../sync/refuse-other-account.ts";
import { askEachList, type ListsFound } from "./check-lists.ts";
import { missingOf } from "./check-records.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";
import { oddFieldLines } from "./odd-fields.ts";
import { selectAccounts, selectResources } from "./selection.ts";
import type { Terminal } from "./terminal.ts";

const help: HelpText = {
  examples: ["chartmogul-warehouse check"],
  notes: [
    "Requests one record of each collection with each API key. A collection that a key may not read is a warning, not a fault.",
  ],
  exitCodes: { 0: "all is well", 1: "there is a fault", 2: wrongUsage },
};

export function checkCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("check"), help).action(async () => {
    const settings = config();
    const accounts = selectAccounts(settings, []);
    const selection = selectResources({ only: [], skip: [], setting: settings.SYNC_SKIP });
    const report = reportOn(terminal);
    report.good(
      "configuration",
      `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}, ${settings.CHARTMOGUL_API_URL}`,
    );
    report.warnOfReaders(dotenvName);
    const place = await checkWarehouse(report, settings);
    const { WAREHOUSE_PUBLISH_PATH: copy } = settings;
    if (copy !== undefined) await report.attempt("published copy", () => checkCopy(settings, copy));
    const log = createCommandLog(terminal, settings);
    const known = { path: place, resources: selection.resources };
    for (const { name, api } of createApiClients(settings, accounts, {
      log,
      signal: stopSignal(),
      retry: retryOnce,
    })) {
      await checkAccount(report, name, api, known);
    }
    if (selection.skipped.length > 0) report.good("skipped", namesOf(selection.skipped));
    if (place !== undefined) tellOddFields(terminal, place);
    process.exitCode = report.allGood() ? exitCodes.complete : exitCodes.failed;
  });
}

/** Path of the warehouse; undefined if the file cannot be opened. */
async function checkWarehouse(report: Report, settings: Config): Promise<string | undefined> {
  const { WAREHOUSE_PATH: path } = settings;
  if (!(await report.attempt("warehouse", () => checkFile(settings)))) return undefined;
  report.warnOfReaders(path);
  return path;
}

interface Report {
  good(what: string, found: string): void;
  /** Something that the operator should know and that is not a fault. */
  warning(what: string, found: string, hint: string): void;
  fault(what: string, error: ExplainedError): void;
  /** The files hold customers' names and API keys: the operator decides who may read them. */
  warnOfReaders(path: string): void;
  allGood(): boolean;
  /** True if the check found nothing wrong. */
  attempt(what: string, check: () => string | Promise<string>): Promise<boolean>;
}

function reportOn({ print }: Terminal): Report {
  let faults = 0;
  const good = (what: string, found: string) => print(`ok    ${what}: ${found}`);
  const fault = (what: string, { message, hint }: ExplainedError) => {
    faults += 1;
    print(`FAULT ${what}: ${message}`);
    if (hint) print(`      ${hint}`);
  };
  const warning = (what: string, found: string, hint: string) => {
    print(`warn  ${what}: ${found}`);
    print(`      ${hint}`);
  };
  return {
    good,
    fault,
    warning,
    allGood: () => faults === 0,
    warnOfReaders(path) {
      if (!isOpenToAll(path)) return;
      warning(path, "every user of this machine can read it", `To prevent that, run: chmod o-rwx ${path}`);
    },
    async attempt(what, check) {
      try {
        good(what, await check());
        return true;
      } catch (error) {
        if (!(error instanceof ExplainedError)) throw error;
        fault(what, error);
        return false;
      }
    },
  };
}

/** Windows has no file modes. */
function isOpenToAll(path: string): boolean {
  const stats = process.platform === "win32" ? undefined : statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o004) !== 0;
}

/** Reports the listings of one account: those that answer in one line, those that the key may not read in another. */
function tellLists(report: Report, account: string, { answering, refused, failed }: ListsFound): void {
  // The account itself can be read even if nothing else can.
  if (answering.some((resource) => resource !== accountResource)) {
    report.good(account, `may read ${answering.join(", ")}`);
    if (refused.length > 0)
      report.warning(
        account,
        `the API key may not read ${refused.join(", ")} (403)`,
        explainHowToAllow(refused),
      );
  } else if (refused.length > 0) {
    const shut = new ApiError(`the API key may not read anything (403): ${refused.join(", ")}`, {
      hint: "Check whether the trial of this ChartMogul account has expired.",
    });
    report.fault(account, shut);
  }
  for (const { resource, error } of failed) report.fault(`${account}, ${resource}`, error);
}

const namesOf = (some: readonly Resource[]) => some.map(({ name }) => name).join(", ");

function checkFile({ WAREHOUSE_PATH: path }: Config): string {
  // A link may lead to a file that does not exist yet: the first sync creates it.
  const file = followLinks(path);
  const exists = inspectWarehouse(file) > 0;
  // The folder, too: the lock and the journal are beside the file.
  for (const place of exists ? [file, dirname(file)] : [dirname(file)]) refuseReadOnly(place);
  if (!exists) return `${path} (the first sync creates it)`;
  refuseDamage(path);
  return path;
}

/** Prints the fields that the tables lack. Before a sync has migrated the warehouse, they are not known. */
function tellOddFields({ print }: Terminal, path: string): void {
  if (inspectWarehouse(path) < schemaVersion()) return;
  const warehouse = openReadOnly(path);
  try {
    for (const line of oddFieldLines(readOddFields(warehouse))) print(`note  ${line}`);
  } finally {
    warehouse.close();
  }
}

function checkCopy({ WAREHOUSE_PATH }: Config, copy: string): string {
  refuseAsCopy(WAREHOUSE_PATH, copy);
  // The new copy replaces the old one in its folder.
  refuseReadOnly(dirname(copy));
  return copy;
}

function refuseReadOnly(place: string): void {
  try {
    accessSync(place, constants.W_OK);
  } catch (cause) {
    throw new WarehouseError(`${place} cannot be written`, {
      hint: "Give this user write permission.",
      cause,
    });
  }
}

interface KnownWarehouse {
  /** Path of the warehouse; undefined if the file cannot be opened. */
  readonly path: string | undefined;
  /** The resources that a sync reads. */
  readonly resources: readonly Resource[];
}

async function checkAccount(
  report: Report,
  name: string,
  api: ApiClient,
  { path, resources }: KnownWarehouse,
): Promise<void> {
  const account = `account ${name}`;
  const isKnown = await report.attempt(account, () => checkKey(name, api, path));
  if (isKnown) tellLists(report, account, await askEachList(api, resources));
  for (const lack of path === undefined ? [] : missingOf(path, name, resources)) report.fault(account, lack);
}

/** Every account has both. Without them, nobody would know the currency and the days of the stored figures. */
function noWord(key: string): never {
  throw new ApiError(`GET /account has no usable ${key}`, {
    hint: "Check CHARTMOGUL_API_URL. If it is right, report this.",
  });
}

/** `path` is undefined if the warehouse cannot be opened. */
async function checkKey(name: string, api: ApiClient, path: string | undefined): Promise<string> {
  await api.get("ping");
  const profile = await api.profile();
  const found = `${profile.name ?? "no name"}, ${profile.currency ?? noWord("currency")}, ${profile.timeZone ?? noWord("time_zone")}`;
  if (path === undefined || inspectWarehouse(path) === 0) return found;
  const warehouse = openForReading(path);
  try {
    await refuseOtherAccount({ warehouse, account: name, api }, profile, resources);
    const others = findOtherNames(warehouse, name, profile);
    if (others.length === 0) return found;
    return `${found}; also stored as ${others.join(" and ")}: sums over all accounts use the one that was read last`;
  } finally {
    warehouse.close();
  }
}
