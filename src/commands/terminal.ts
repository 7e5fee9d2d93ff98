/** Where a command writes: results to standard output, everything else to standard error. */
export interface Terminal {
  /** Writes one line of the result. */
  readonly print: (line: string) => void;
  /** Writes one line that is not part of the result. */
  readonly note: (line: string) => void;
  /** Lines at the bottom of standard error that are written over again; does nothing where that is no terminal. */
  readonly live: LiveLines;
}

export interface LiveLines {
  readonly possible: boolean;
  show(lines: readonly string[]): void;
  clear(): void;
}

/** Who reads the output may stop before its end, as `head` does; the command itself goes on. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** The terminal on these streams; a note never tears the live lines. */
export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let shown: readonly string[] = [];
  for (const stream of [stdout, stderr]) stream.on("error", ignoreClosedPipe);
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
    print: (line) => around(() => stdout.write(`${line}\n`)),
    note: (line) => around(() => stderr.write(`${line}\n`)),
    live: {
      possible: stderr.isTTY === true,
      show(lines) {
        if (!this.possible) return;
        erase();
        // A line that wrapped would count as two when it is erased.
        shown = lines
          .map((line) => line.slice(0, (stderr.columns || 80) - 1))
          .slice(-((stderr.rows || 24) - 1));
        draw();
      },
      clear() {
        erase();
        shown = [];
      },
    },
  };
}
