#!/usr/bin/env node
import { runCommandLine } from "./commands/command-line.ts";
import { createTerminal } from "./commands/terminal.ts";
import { InterruptedError } from "./errors.ts";

/** The first signal stops in good order; the second one is Node's own and stops at once. */
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
