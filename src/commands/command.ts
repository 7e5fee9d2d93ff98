import type { Config } from "../config.ts";
import type { Terminal } from "./terminal.ts";

/** What a command is given by the command line. */
export interface CommandContext {
  /** Read when it is first asked for, so that `--help` works with a broken configuration. */
  readonly config: () => Config;
  readonly terminal: Terminal;
  /** Aborted by SIGINT and SIGTERM; asking for it takes over these signals. */
  readonly stopSignal: () => AbortSignal;
}

/** What the operator's shell sees. */
export const exitCodes = { complete: 0, failed: 1, usage: 2, busy: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
