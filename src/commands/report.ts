import { spawn } from "node:child_process";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { listAccounts, readChanges } from "../changes/changes.ts";
import { followLinks } from "../database/links.ts";
import { openForReading, type Warehouse } from "../database/open.ts";
import { permit } from "../database/permit.ts";
import { findDiskHint } from "../database/sqlite-errors.ts";
import { ConfigError } from "../errors.ts";
import { renderReport } from "../report/page.ts";
import { resources } from "../resources/index.ts";
import { layOutChanges } from "./changes/lay-out-changes.ts";
import { linesShown } from "./changes/section.ts";
import type { CommandContext } from "./command.ts";
import { addHelp, type HelpText, unreadable } from "./help.ts";
import { createAccountOption, selectStoredAccounts } from "./selection.ts";

interface ReportOptions {
  readonly account: readonly string[];
  readonly output: string;
  readonly open?: true;
}

const help: HelpText = {
  examples: [
    "chartmogul-warehouse report",
    "chartmogul-warehouse report --account default --output mrr.html",
  ],
  notes: [
    "The page is one file that needs no network. It contains names of customers: protect it like the warehouse. It shows the summary tables of the last sync.",
  ],
  exitCodes: { ...unreadable, 0: "the page is written", 1: "the disk is full, or the warehouse is damaged" },
};

export function createReportCommand({ config, terminal }: CommandContext): Command {
  return addHelp(new Command("report"), help)
    .addOption(createAccountOption())
    .option("--output <path>", "path of the page", "report.html")
    .option("--open", "open the page in the browser")
    .action(({ account, output, open }: ReportOptions) => {
      const { WAREHOUSE_PATH } = config();
      const size = writeReport(WAREHOUSE_PATH, account, output);
      terminal.print(`${output}: ${(size / 1_000_000).toFixed(1)} MB`);
      if (open) openInBrowser(resolve(output), terminal.note);
    });
}

/** Writes the report of these accounts, or of all if none is named, and gives its size in bytes. Until it is complete, readers see the old one. */
export function writeReport(warehousePath: string, names: readonly string[], output: string): number {
  const warehouse = openForReading(warehousePath);
  try {
    // One transaction: a sync that commits meanwhile must not show in half of the page.
    const page = warehouse.sqlite.transaction(() => {
      const accounts = selectStoredAccounts(names, listAccounts(warehouse));
      const changes = accounts.map((account) => ({ account, lines: lastChanges(warehouse, account) }));
      return renderReport(warehouse, { accounts, changes, now: new Date() });
    })();
    replaceFile(output, page, warehousePath);
    return statSync(output).size;
  } finally {
    warehouse.close();
  }
}

/** What the account's last sync that ended found changed, and everything after it. */
function lastChanges(warehouse: Warehouse, account: string): string[] {
  const since = warehouse.sqlite
    .prepare<[string], string>(
      `SELECT started_at FROM sync_runs WHERE account = ? AND status IN ('complete', 'failed') ORDER BY id DESC LIMIT 1`,
    )
    .pluck()
    .get(account);
  if (since === undefined) return [];
  const asked = { account, since, resources: resources.map(({ name }) => name), most: linesShown };
  return layOutChanges(readChanges(warehouse, asked), asked);
}

/**
 * Replaces a file in one step. The new file has the permissions of the old one, or of the warehouse if there is none. A link stays
 * a link. Throws a ConfigError if the file cannot be written.
 */
function replaceFile(path: string, content: string, warehousePath: string): void {
  let unfinished: string | undefined;
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old?.isFile() === false) throw new Error("it is not a file");
    const place = followLinks(path);
    unfinished = `${place}.unfinished`;
    writeAlone(unfinished, content);
    const { mode, uid, gid } = old ?? statSync(warehousePath);
    permit(unfinished, { mode: mode & 0o666, uid, gid });
    renameSync(unfinished, place);
  } catch (cause) {
    if (unfinished !== undefined) rmSync(unfinished, { force: true });
    throw new ConfigError(`cannot write "${path}": ${cause instanceof Error ? cause.message : cause}`, {
      hint: findDiskHint(cause) ?? "Give --output a path in an existing folder that this user may write to.",
      cause,
    });
  }
}

/** Writes a file that no other user may read at any moment. The remains of a killed report are removed first. */
function writeAlone(path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, content, { flag: "wx", mode: 0o600 });
}

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

function openInBrowser(path: string, note: (line: string) => void): void {
  const [program, ...first] = openers[process.platform] ?? ["xdg-open"];
  const failed = () => note(`cannot open a browser; open ${path} yourself`);
  const opener = spawn(program, [...first, path], { stdio: "ignore" });
  opener.on("error", failed);
  opener.on("exit", (code) => {
    if (code !== 0) failed();
  });
}
