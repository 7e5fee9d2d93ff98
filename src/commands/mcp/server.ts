import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { ExplainedError } from "../../errors.ts";
import { writeJson } from "../../json/write-json.ts";
import type { Tool } from "./tools.ts";

const instructions = `A copy of ChartMogul accounts (subscription analytics: customers, subscriptions, plans, invoices, metrics) that is synced every night into one SQLite file.
The functions answer from that copy, and say in as_of how old it is; with live: true they ask ChartMogul itself. Everything else is answered by query, in SQL: describe_tables has the tables and what each column means.
Money is in hundredths of the currency's main unit, also where the currency has no cents: divide by 100. deleted_at IS NULL means that a record is still in ChartMogul. An inactive subscription keeps its last MRR: filter by status before adding up. Every table has a column account.
Nothing can be changed here.`;

/** Serves the tools over standard input and output until the other side closes them or the signal says to stop. */
export async function serve(tools: readonly Tool[], version: string, signal: AbortSignal): Promise<void> {
  // The tools are described by declarations of our own, which the server's other interface cannot take.
  const { server } = new McpServer(
    { name: "chartmogul-warehouse", version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(described) }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
    answer(tools, params.name, params.arguments ?? {}),
  );
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
  });
  const close = () => void server.close();
  process.stdin.once("end", close);
  signal.addEventListener("abort", close, { once: true });
  await server.connect(new StdioServerTransport());
  await closed;
}

function described({ name, description, parameters }: Tool) {
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: "input" });
  return {
    name,
    description,
    inputSchema: { ...schema, type: "object" as const },
    annotations: { readOnlyHint: true },
  };
}

/** What goes wrong is an answer, too: the agent reads it and does better. */
async function answer(
  tools: readonly Tool[],
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<CallToolResult> {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) {
    return refused(`there is no tool "${name}"`, `There are: ${tools.map((each) => each.name).join(", ")}.`);
  }
  try {
    return { content: [{ type: "text", text: writeJson(await tool.answer(given)) }] };
  } catch (error) {
    if (error instanceof ExplainedError) return refused(error.message, error.hint);
    return refused(`a fault of the program: ${error instanceof Error ? error.message : error}`, "Report it.");
  }
}

function refused(message: string, hint: string | undefined): CallToolResult {
  const text = [`error: ${message}`, ...(hint === undefined ? [] : [`hint: ${hint}`])].join("\n");
  return { isError: true, content: [{ type: "text", text }] };
}
