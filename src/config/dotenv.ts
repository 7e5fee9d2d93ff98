import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { ConfigError } from "../errors.ts";

/** The variables of a file, and warnings about lines that were ignored. */
export interface Dotenv {
  readonly variables: Readonly<Record<string, string>>;
  /** For the log. They name lines and variables and never repeat a value. */
  readonly warnings: readonly string[];
}

/** Reads `.env`; without the file there are no variables. Throws a ConfigError if it cannot be read as text. */
export function readDotenv(path: string): Dotenv {
  const text = textOf(path);
  return text === undefined ? { variables: {}, warnings: [] } : variablesIn(text);
}

function textOf(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new ConfigError(`cannot read ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      hint: "Make the file readable, or remove it.",
      cause,
    });
  }
  const mark = bytes.toString("latin1", 0, 2);
  // Only UTF-16 has zero bytes in text.
  if (mark === "\u00ff\u00fe" || mark === "\u00fe\u00ff" || bytes.includes(0)) {
    throw new ConfigError(`${path} is saved as UTF-16 and cannot be read`, {
      hint: "Save it as UTF-8: choose the encoding in your editor, or use `Set-Content -Encoding utf8` in PowerShell.",
    });
  }
  // The decoder removes a byte order mark.
  return new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, "\n");
}

// A value in quotes may span several lines. Without the closing quote it is not a value.
const lines =
  /[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.-]*)[ \t]*=(?<value>[ \t]*(["'`])[\s\S]*?\3.*|(?![ \t]*["'`]).*)\n|(?<other>.*)\n/gy;

/** Line by line: some versions of Node's parser take a line that is not a variable for part of the next one. */
function variablesIn(text: string): Dotenv {
  const variables = new Map<string, string>();
  const warnings: string[] = [];
  let line = 1;
  for (const { 0: whole, groups: { name, value, other } = {} } of `${text}\n`.matchAll(lines)) {
    if (name !== undefined) {
      if (variables.has(name))
        warnings.push(`.env sets ${name} more than once; the value of line ${line} is used`);
      variables.set(name, parseEnv(`it=${value}`)["it"] ?? "");
    } else if (!/^\s*(#|$)/.test(other ?? "")) {
      warnings.push(`line ${line} of .env is not NAME=value and has no effect`);
    }
    line += whole.split("\n").length - 1;
  }
  return { variables: Object.fromEntries(variables), warnings };
}
