import type { Terminal } from "../../src/commands/terminal.ts";

type Stream = "stdout" | "stderr";

/** What a command says where it runs in this process. */
export interface Collected {
  /** Gathers what it is given, and is none that lines can be written over on. */
  readonly terminal: Terminal;
  all(): Readonly<Record<Stream, string>>;
}

export function collected(): Collected {
  const pieces: Record<Stream, string[]> = { stdout: [], stderr: [] };
  const add = (stream: Stream, text: string) => void pieces[stream].push(text);
  return {
    terminal: {
      print: (line) => add("stdout", `${line}\n`),
      note: (line) => add("stderr", `${line}\n`),
      live: { possible: false, show() {}, clear() {} },
    },
    all: () => ({ stdout: pieces.stdout.join(""), stderr: pieces.stderr.join("") }),
  };
}
