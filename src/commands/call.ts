import { Command, Option } from "commander";
import * as z from "zod";
import { createCaller } from "../functions/caller.ts";
import { functions } from "../functions/index.ts";
import type { ReadFunction } from "../functions/read-function.ts";
import { createApiClients } from "../http/api-clients.ts";
import { retryForSeconds } from "../http/retry-policy.ts";
import { writeJson } from "../json/write-json.ts";
import type { CommandContext } from "./command.ts";
import { createCommandLog } from "./command-log.ts";
import { addHelp, type HelpText } from "./help.ts";

const help: HelpText = {
  examples: [
    "chartmogul-warehouse call list_customers --status active --per_page 10",
    "chartmogul-warehouse call get_metrics --start_date 2025-01-01 --end_date 2025-12-31 --account production --live",
  ],
  notes: [
    "call FUNCTION --help describes the parameters of a function. Each parameter can be written with - or _.",
    `Functions and their parameters:
${Object.values(functions).map(formatUsage).join("\n")}`,
  ],
  exitCodes: {
    0: "the result is printed",
    1: "there is no such record, or ChartMogul did not answer",
    2: "wrong usage or configuration, or there is no warehouse",
  },
};

export function createCallCommand(context: CommandContext): Command {
  const call = addHelp(new Command("call"), help);
  for (const of of Object.values(functions)) call.addCommand(functionCommand(of, context));
  return call;
}

function formatUsage({ name, parameters }: Pick<ReadFunction, "name" | "parameters">): string {
  return `  ${[name, ...Object.keys(parameters.shape).map((parameter) => `--${parameter}`)].join(" ")}`;
}

type CallOptions = Readonly<Record<string, unknown>> & { readonly account?: string };

function functionCommand(of: ReadFunction, { config, terminal, stopSignal }: CommandContext): Command {
  const command = new Command(of.name)
    .description(of.description)
    .option("--account <name>", "the account (default: the account called default, or the only one)");
  for (const option of optionsOf(of.parameters)) command.addOption(option);
  return command.action(async ({ account, ...given }: CallOptions) => {
    const settings = config();
    const log = createCommandLog(terminal, settings);
    const clients = createApiClients(settings, settings.accounts, {
      log,
      signal: stopSignal(),
      retry: retryForSeconds,
    });
    const answer = await createCaller({ path: settings.WAREHOUSE_PATH, clients })(of, given, account);
    terminal.data(writeJson(answer, 2));
  });
}

/** One option for each parameter. The function itself validates the values. */
function optionsOf(parameters: z.ZodObject): Option[] {
  const { properties = {} } = z.toJSONSchema(parameters, { io: "input" });
  return Object.entries(properties).flatMap(([name, property]) => {
    const { type, default: usual, description } = property as z.core.JSONSchema.BaseSchema;
    if (type === "boolean") {
      const positive = new Option(`--${name}`, description);
      return usual === true
        ? [positive, new Option(`--no-${name}`, `the opposite of --${name}`)]
        : [positive];
    }
    const dashed = name.replaceAll("_", "-");
    const flags = dashed === name ? `--${name}` : `--${dashed}, --${name}`;
    const option = new Option(`${flags} <${type === "string" ? "text" : "number"}>`, description);
    return type === "string" ? option : option.argParser(numberOrText);
  });
}

/** Text that is not a number stays text: the function says what is wrong with it. */
function numberOrText(text: string): number | string {
  return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
}
