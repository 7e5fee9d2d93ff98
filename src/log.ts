import { visible, visibleData } from "./visible.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export const logFormats = ["pretty", "json"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = (typeof logFormats)[number];

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line for each message of at least the chosen level. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

export function createLog({ level, format, write, now = () => new Date() }: LogOptions): Log {
  const lowest = logLevels.indexOf(level);
  const line = format === "json" ? jsonLine : prettyLine;
  const at =
    (of: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      if (logLevels.indexOf(of) >= lowest) write(line(now(), of, message, fields));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function jsonLine(time: Date, level: LogLevel, message: string, fields: Fields): string {
  return visibleData(JSON.stringify({ time: time.toISOString(), level, message, ...fields }));
}

function prettyLine(time: Date, level: LogLevel, message: string, fields: Fields): string {
  const details = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${value}`,
  );
  return visible([`${time.toISOString().slice(0, 19)}Z`, level.padEnd(5), message, ...details].join(" "));
}
