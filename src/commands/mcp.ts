import { Command, InvalidArgumentError } from "commander";
import { InterruptedError } from "../errors.ts";
import { createCaller } from "../functions/caller.ts";
import { createApiClients } from "../http/api-clients.ts";
import { retryForSeconds } from "../http/retry-policy.ts";
import { ownVersion } from "../package-root.ts";
import type { CommandContext } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { addHelp, type HelpText, wrongUsage } from "./help.ts";

interface McpOptions {
  readonly rows: number;
  readonly seconds: number;
  readonly kilobytes: number;
  readonly megabytes: number;
}

const help: HelpText = {
  examples: ["chartmogul-warehouse mcp"],
  notes: [
    "The agent's host starts this command; docs/agents.md has the lines for its configuration. An agent cannot change anything.",
  ],
  exitCodes: { 0: "the host closed the connection", 2: wrongUsage },
};

export function createMcpCommand({ config, terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("mcp"), help)
    .option("--rows <number>", "most rows of a query result", positive, 1000)
    .option("--seconds <number>", "longest time of a query, in seconds", positive, 10)
    .option("--kilobytes <number>", "largest reply of a tool, in kilobytes, from 1", fromOne, 1000)
    .option("--megabytes <number>", "most memory of a query, in megabytes, from 1", fromOne, 256)
    .action(async ({ rows, seconds, kilobytes, megabytes }: McpOptions) => {
      const settings = config();
      const { WAREHOUSE_PATH: path, accounts } = settings;
      const ending = new AbortController();
      const signal = AbortSignal.any([stopSignal(), ending.signal]);
      const log = createCommandLog(terminal, settings);
      const clients = createApiClients(settings, accounts, { log, signal, retry: retryForSeconds });
      const bytes = kilobytes * 1000;
      // Other commands need not load the protocol.
      const [{ serveTools }, { createTools }] = await Promise.all([
        import("../mcp/serve-tools.ts"),
        import("../mcp/tools.ts"),
      ]);
      const tools = createTools({
        path,
        names: accounts.map(({ name }) => name),
        call: createCaller({ path, clients, bytes }),
        signal,
        limits: { rows, milliseconds: seconds * 1000, bytes, memory: megabytes * 1_000_000 },
      });
      await serveTools({ tools, version: ownVersion(), bytes }, signal);
      // The host has gone: nobody waits for the remaining requests.
      ending.abort(new InterruptedError());
    });
}

// A timer cannot wait for more than 24 days.
const most = 1_000_000;

function fromOne(text: string): number {
  const number = Number(text);
  if (!(number >= 1 && number <= most)) throw new InvalidArgumentError(`Use a number from 1 to ${most}.`);
  return number;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= most)) throw new InvalidArgumentError(`Use a number above 0, up to ${most}.`);
  return number;
}
