import { Command, InvalidArgumentError } from "commander";
import { ConfigError } from "../errors.ts";
import { generateAccounts } from "../sandbox/generate-world.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../sandbox/sandbox.ts";
import { type CommandContext, exitCodes } from "./command.ts";
import { faultHelp, readFaults } from "./fault-file.ts";

const defaultPort = 4010;

export function sandboxCommand({ terminal, stopSignal }: CommandContext): Command {
  return new Command("sandbox")
    .option("--port <port>", "port on 127.0.0.1; 0 takes any free one", portNumber, defaultPort)
    .option("--faults <file>", "rehearse a bad night: a JSON list of faults, see below")
    .addHelpText(
      "after",
      `
Examples:
  $ chartmogul-warehouse sandbox --port 4010
  (in another terminal the lines that it prints)
  $ chartmogul-warehouse sandbox --faults night.json
  where night.json may be
  [
    { "path": "/customers", "from": 2, "times": 3, "what": { "kind": "status", "status": 503, "body": "text" } },
    { "path": "^/v1/invoices[?].*cursor=", "account": "tokyo", "what": { "kind": "loseRest" } },
    { "path": "^/v1/opportunities", "what": { "kind": "status", "status": 403 } }
  ]

${faultHelp}`,
    )
    .action(async ({ port, faults }: { port: number; faults?: string }) => {
      const worlds = generateAccounts();
      const names = worlds.map(({ name }) => name);
      const bad = faults === undefined ? [] : readFaults(faults, names);
      const signal = stopSignal();
      const sandbox = await serve({ port, worlds, faults: bad });
      terminal.print(
        `A ChartMogul with invented accounts is at ${sandbox.url}. Stop it with Ctrl-C. To sync from it:`,
      );
      if (faults !== undefined) terminal.note(`It goes wrong as ${faults} says (faults: ${bad.length}).`);
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
        hint: "Choose another one with --port, or --port 0 for any that is free.",
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
