import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { ConfigError } from "../errors.ts";

/** What a file of variables says, and what in it was passed over. */
export interface Dotenv {
  readonly variables: Readonly<Record<string, string>>;
  /** In words for the log; they name lines and variables and never repeat a value. */
  readonly warnings: readonly string[];
}

/** Reads `.env`; it says nothing where there is none. Throws a ConfigError where it cannot be read as text. */
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
  // Text that is no UTF-16 has no zero byte.
  if (mark === "\u00ff\u00fe" || mark === "\u00fe\u00ff" || bytes.includes(0)) {
    throw new ConfigError(`${path} is saved as UTF-16 and cannot be read`, {
      hint: "Save it as UTF-8: choose the encoding in your editor, or use `Set-Content -Encoding utf8` in PowerShell.",
    });
  }
  // The decoder leaves out a byte order mark.
  return new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, "\n");
}

// A value in quotes may go on over several lines; one whose quote is not closed is no value.
const lines =
  /[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.-]*)[ \t]*=(?<value>[ \t]*(["'`])[\s\S]*?\3.*|(?![ \t]*["'`]).*)\n|(?<other>.*)\n/gy;

/** Line by line, since Node's parser takes what is no variable for a part of the next one, in some of its versions. */
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
