import type { Config } from "../config.ts";
import { createLog, type Log } from "../log.ts";
import type { Terminal } from "./terminal.ts";

/** The log of a command: lines on standard error. */
export function createCommandLog({ note }: Terminal, { LOG_LEVEL, LOG_FORMAT }: Config): Log {
  return createLog({ level: LOG_LEVEL, format: LOG_FORMAT, write: note });
}
