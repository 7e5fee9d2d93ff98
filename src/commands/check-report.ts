import { statSync } from "node:fs";
import { ExplainedError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

/** Prints what a check finds, a line each. */
export interface CheckReport {
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

export function createCheckReport({ print }: Terminal): CheckReport {
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
