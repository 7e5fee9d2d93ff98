import { Command, InvalidArgumentError } from "commander";
import { ConfigError } from "../errors.ts";
import { generateAccounts } from "../sandbox/generate-world.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../sandbox/sandbox.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { faultHelp, readFaults } from "./fault-file.ts";
import { addHelp, type HelpText } from "./help.ts";

const defaultPort = 4010;

const help: HelpText = {
  examples: ["chartmogul-warehouse sandbox --port 4010", "chartmogul-warehouse sandbox --faults faults.json"],
  notes: [
    "The command prints the lines that another terminal needs to sync from the sandbox.",
    `faults.json may contain:
  [
    { "path": "/customers", "from": 2, "times": 3, "what": { "kind": "status", "status": 503, "body": "text" } },
    { "path": "^/v1/invoices[?].*cursor=", "account": "tokyo", "what": { "kind": "loseRest" } },
    { "path": "^/v1/opportunities", "what": { "kind": "status", "status": 403 } }
  ]`,
    ...faultHelp,
  ],
  exitCodes: { 0: "stopped by a signal", 2: "wrong usage, fault file or port" },
};

export function createSandboxCommand({ terminal, stopSignal }: CommandContext): Command {
  return addHelp(new Command("sandbox"), help)
    .option("--port <port>", "port on 127.0.0.1; 0 = any free port", portNumber, defaultPort)
    .option("--faults <file>", "JSON file of faults to rehearse, see below")
    .action(async ({ port, faults }: { port: number; faults?: string }) => {
      const worlds = generateAccounts();
      const names = worlds.map(({ name }) => name);
      const bad = faults === undefined ? [] : readFaults(faults, names);
      const signal = stopSignal();
      const sandbox = await serve({ port, worlds, faults: bad });
      terminal.print(`An invented ChartMogul is at ${sandbox.url}. Stop it with Ctrl-C. To sync from it:`);
      if (faults !== undefined) terminal.note(`Faults from ${faults}: ${bad.length}.`);
      terminal.print("");
      terminal.print(`export CHARTMOGUL_API_URL=${sandbox.url}`);
      for (const { name, key } of sandbox.worlds) terminal.print(`export ${keyVariable(name)}=${key}`);
      terminal.print("chartmogul-warehouse sync");
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await sandbox.close();
      process.exitCode = exitCodes.complete;
    });
}

async function serve(options: SandboxOptions & { port: number }): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (cause) {
    throw new ConfigError(
      `cannot listen on port ${options.port}: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: "Choose another port with --port. --port 0 takes any free port.",
      },
    );
  }
}

function keyVariable(account: string): string {
  return account === "default"
    ? "CHARTMOGUL_API_KEY"
    : `CHARTMOGUL_API_KEY_${account.toUpperCase().replaceAll("-", "_")}`;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError("Use 0 to 65535.");
  return port;
}
