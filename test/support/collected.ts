import { createTerminal, type Terminal } from "../../src/commands/terminal.ts";

type Stream = "stdout" | "stderr";

/** The output of a command that runs in this process. */
export interface Collected {
  /** Gathers what it is given; it is not a terminal, so lines cannot be written over. */
  readonly terminal: Terminal;
  all(): Readonly<Record<Stream, string>>;
}

/** A terminal into which others write; `isTTY` as if people looked at it. */
export function collected({ isTTY = false } = {}): Collected {
  const pieces: Record<Stream, string[]> = { stdout: [], stderr: [] };
  const stream = (name: Stream) => {
    const write = (text: string, done?: () => void) => {
      pieces[name].push(text);
      done?.();
      return true;
    };
    return { isTTY, write, on() {} } as unknown as NodeJS.WriteStream;
  };
  return {
    terminal: createTerminal(stream("stdout"), stream("stderr")),
    all: () => ({ stdout: pieces.stdout.join(""), stderr: pieces.stderr.join("") }),
  };
}
