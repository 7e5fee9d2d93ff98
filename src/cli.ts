#!/usr/bin/env node
import { runCommandLine } from "./commands/command-line.ts";
import { createTerminal } from "./commands/terminal.ts";
import { InterruptedError } from "./errors.ts";

/** The first signal stops the work cleanly. The second one ends the process at once, as Node does. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new InterruptedError()));
  }
  return controller.signal;
}

await runCommandLine(process.argv.slice(2), {
  terminal: createTerminal(process.stdout, process.stderr),
  stopSignal,
  loadConfig: async () => (await import("./config.ts")).readConfig,
});
