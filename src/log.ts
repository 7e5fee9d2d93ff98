import { makeDataVisible, makeVisible } from "./visible.ts";

/** From the least to the most important. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
/** `pretty` for people, `json` for log collectors. */
export const logFormats = ["pretty", "json"] as const;
/** How important a message is. */
export type LogLevel = (typeof logLevels)[number];
/** The form of a line. */
export type LogFormat = (typeof logFormats)[number];

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line for each message of at least the chosen level. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

/** How a log is written. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

/** Creates a log; `write` gets each line without its line feed. */
export function createLog({ level, format, write, now = () => new Date() }: LogOptions): Log {
  const lowest = logLevels.indexOf(level);
  const line = format === "json" ? formatJson : formatPretty;
  const at =
    (of: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      if (logLevels.indexOf(of) >= lowest) write(line(now(), of, message, fields));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function formatJson(time: Date, level: LogLevel, message: string, fields: Fields): string {
  return makeDataVisible(JSON.stringify({ time: time.toISOString(), level, message, ...fields }));
}

function formatPretty(time: Date, level: LogLevel, message: string, fields: Fields): string {
  const details = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${value}`,
  );
  return makeVisible([`${time.toISOString().slice(0, 19)}Z`, level.padEnd(5), message, ...details].join(" "));
}
