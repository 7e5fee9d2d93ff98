import type { Config } from "../config.ts";
import type { Terminal } from "./terminal.ts";

/** What a command is given by the command line. */
export interface CommandContext {
  /** Read at the first call, so that `--help` works with a broken configuration. */
  readonly config: () => Config;
  readonly terminal: Terminal;
  /** Aborted by SIGINT and SIGTERM. The first call takes over these signals. */
  readonly stopSignal: () => AbortSignal;
}

/** Exit codes of the process. */
export const exitCodes = { complete: 0, failed: 1, usage: 2, busy: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
