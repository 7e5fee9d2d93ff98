import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import type { Source } from "../chartmogul/source.ts";
import { type Config, dotenvName } from "../config.ts";
import { connect } from "../connect.ts";
import { ExplainedError, WarehouseError } from "../errors.ts";
import { resources } from "../resources/index.ts";
import { refuseOtherAccount } from "../sync/whose-account.ts";
import { inspectWarehouse } from "../warehouse/inspect.ts";
import { refuseDamage } from "../warehouse/integrity.ts";
import { openForReading } from "../warehouse/open.ts";
import { refuseAsCopy } from "../warehouse/publish.ts";
import { otherNamesOf } from "../warehouse/sources.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { logOn } from "./run-sync.ts";
import { selectAccounts } from "./selection.ts";
import type { Terminal } from "./terminal.ts";

export function checkCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return new Command("check")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse check

Exit code: 0 if all is well, 1 if something is not, 2 if the configuration itself is wrong.`,
    )
    .action(async () => {
      const settings = config();
      const accounts = selectAccounts(settings, []);
      const report = reportOn(terminal);
      report.good(
        "configuration",
        `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}, ${settings.CHARTMOGUL_API_URL}`,
      );
      report.warnOfReaders(dotenvName);
      const usable = await report.attempt("warehouse", () => checkFile(settings));
      report.warnOfReaders(settings.WAREHOUSE_PATH);
      const { WAREHOUSE_PUBLISH_PATH: copy } = settings;
      if (copy !== undefined) await report.attempt("published copy", () => checkCopy(settings, copy));
      const log = logOn(terminal, settings);
      for (const { name, source } of connect(settings, accounts, { log, signal: stopSignal(), retries: 1 })) {
        await report.attempt(`account ${name}`, () =>
          checkKey(name, source, usable ? settings.WAREHOUSE_PATH : undefined),
        );
      }
      process.exitCode = report.allGood() ? exitCodes.complete : exitCodes.failed;
    });
}

function reportOn({ print }: Terminal) {
  let faults = 0;
  const good = (what: string, found: string) => print(`ok    ${what}: ${found}`);
  return {
    good,
    allGood: () => faults === 0,
    /** Customers' names are in the one file and the keys in the other; who may read them is for the operator to say. */
    warnOfReaders(path: string): void {
      if (!isOpenToAll(path)) return;
      print(`warn  ${path}: its mode lets every user of this machine read it`);
      print(`      If they should not, run: chmod o-rwx ${path}`);
    },
    /** True where the check found nothing wrong. */
    async attempt(what: string, check: () => string | Promise<string>): Promise<boolean> {
      try {
        good(what, await check());
        return true;
      } catch (error) {
        if (!(error instanceof ExplainedError)) throw error;
        faults += 1;
        print(`FAULT ${what}: ${error.message}`);
        if (error.hint) print(`      ${error.hint}`);
        return false;
      }
    },
  };
}

/** Windows has no such modes. */
function isOpenToAll(path: string): boolean {
  const stats = process.platform === "win32" ? undefined : statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o004) !== 0;
}

function checkFile({ WAREHOUSE_PATH: path }: Config): string {
  const exists = inspectWarehouse(path) > 0;
  // The folder, too: the lock and the journal stand beside the file.
  for (const place of exists ? [path, dirname(path)] : [dirname(path)]) refuseReadOnly(place);
  if (!exists) return `${path} (the first sync creates it)`;
  refuseDamage(path);
  return path;
}

function checkCopy({ WAREHOUSE_PATH }: Config, copy: string): string {
  refuseAsCopy(WAREHOUSE_PATH, copy);
  // The new copy takes the place of the old one.
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

/** `path` is undefined where the warehouse cannot be looked into. */
async function checkKey(name: string, source: Source, path: string | undefined): Promise<string> {
  await source.get("ping");
  const profile = await source.profile();
  const found = `${profile.name}, ${profile.currency}, ${profile.timeZone}`;
  if (path === undefined || inspectWarehouse(path) === 0) return found;
  const warehouse = openForReading(path);
  try {
    await refuseOtherAccount({ warehouse, account: name, source }, profile, resources);
    const others = otherNamesOf(warehouse, name, profile);
    if (others.length === 0) return found;
    return `${found}; stored as ${others.join(" and ")}, too: over all accounts the one that was read last counts`;
  } finally {
    warehouse.close();
  }
}
