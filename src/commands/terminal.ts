import { OutputError } from "../errors.ts";
import { visible, visibleData } from "../visible.ts";

/**
 * Where a command writes: results to standard output, everything else to standard error. Names and words of others are in both: what
 * is for people comes out as one line of what can be seen, so that nobody's text is an order to the terminal or a line of its own.
 */
export interface Terminal {
  /** Writes one line of the result, for people. */
  readonly print: (line: string) => void;
  /** Writes some of the result for programs, JSON or CSV, as it is; where a terminal shows it, what is unseen is escaped. */
  readonly data: (text: string) => void;
  /** Characters in a line of standard output; undefined where it is not a terminal. */
  readonly width: number | undefined;
  /** Writes one line that is not part of the result. */
  readonly note: (line: string) => void;
  /** Lines at the bottom of standard error that are written over again; does nothing where that is no terminal. */
  readonly live: LiveLines;
  /** Waits until all of the result is written. Throws an OutputError where some of it could not be, unless its reader has had enough. */
  readonly written: () => Promise<void>;
}

export interface LiveLines {
  readonly possible: boolean;
  show(lines: readonly string[]): void;
  clear(): void;
}

/**
 * The terminal on these streams; a note never tears the live lines. What cannot be written is lost and ends nothing: the disk of a log
 * may be full for an hour, and who reads may stop before the end, as `head` does.
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
    print: (line) => around(() => stdout.write(`${visible(line)}\n`)),
    data: (text) => around(() => stdout.write(`${stdout.isTTY ? visibleData(text) : text}\n`)),
    get width() {
      return stdout.isTTY ? stdout.columns : undefined;
    },
    note: (line) => around(() => stderr.write(`${visible(line)}\n`)),
    live: {
      possible: stderr.isTTY === true,
      show(lines) {
        if (!this.possible) return;
        erase();
        // A line that wrapped would count as two when it is erased.
        shown = lines
          .map((line) => visible(line).slice(0, (stderr.columns || 80) - 1))
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
