import { OutputError } from "../errors.ts";
import { makeDataVisible, makeVisible } from "../visible.ts";

/**
 * Where a command writes: results to standard output, everything else to standard error. Both contain texts of
 * third parties. Lines for people therefore have visible characters only: no text can control the terminal or fake another line.
 */
export interface Terminal {
  /** Writes one line of the result, for people. */
  readonly print: (line: string) => void;
  /** Writes part of the result for programs, JSON or CSV, unchanged. On a terminal, invisible characters are escaped. */
  readonly data: (text: string) => void;
  /** Characters in a line of standard output; undefined where it is not a terminal. */
  readonly width: number | undefined;
  /** Writes one line that is not part of the result. */
  readonly note: (line: string) => void;
  /** Lines at the bottom of standard error that are redrawn. They do nothing if it is not a terminal. */
  readonly live: LiveLines;
  /** Waits until the result is written. Throws an OutputError if part of it was lost, unless its reader has closed the pipe. */
  readonly written: () => Promise<void>;
}

export interface LiveLines {
  readonly possible: boolean;
  show(lines: readonly string[]): void;
  clear(): void;
}

/**
 * The terminal on these streams; a note never breaks the live lines. Output that cannot be written is lost and ends nothing: the disk of a
 * log may be full for an hour, and a reader may stop early, as `head` does.
 */
export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let shown: readonly string[] = [];
  let lost: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error) => {
    lost ??= error;
  });
  stderr.on("error", () => {});
  const erase = () => {
    if (shown.length > 0) stderr.write(`\u001b[${shown.length}A\u001b[J`);
  };
  const draw = () => {
    if (shown.length > 0) stderr.write(`${shown.join("\n")}\n`);
  };
  const around = (write: () => void) => {
    erase();
    write();
    draw();
  };
  return {
    print: (line) => around(() => stdout.write(`${makeVisible(line)}\n`)),
    data: (text) => around(() => stdout.write(`${stdout.isTTY ? makeDataVisible(text) : text}\n`)),
    get width() {
      return stdout.isTTY ? stdout.columns : undefined;
    },
    note: (line) => around(() => stderr.write(`${makeVisible(line)}\n`)),
    live: {
      possible: stderr.isTTY === true,
      show(lines) {
        if (!this.possible) return;
        erase();
        // A wrapped line would have to be erased as two.
        shown = lines
          .map((line) => makeVisible(line).slice(0, (stderr.columns || 80) - 1))
          .slice(-((stderr.rows || 24) - 1));
        draw();
      },
      clear() {
        erase();
        shown = [];
      },
    },
    written: async () => {
      await new Promise((resolve) => stdout.write("", resolve));
      if (lost !== undefined && lost.code !== "EPIPE") throw new OutputError(lost);
    },
  };
}
