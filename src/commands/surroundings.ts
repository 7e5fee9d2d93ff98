import type { Config } from "../config.ts";
import type { CommandContext } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** What the command line runs in. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly stopSignal: CommandContext["stopSignal"];
  /** Loads what reads the configuration. */
  readonly loadConfig: () => Promise<() => Config>;
}
