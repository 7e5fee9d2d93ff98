import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { onTestFinished } from "vitest";

const cli = join(import.meta.dirname, "../../dist/cli.js");

/** The result of a tool call. */
export interface ToolResult {
  readonly isError: boolean;
  readonly text: string;
  /** The JSON of a result; undefined for an error. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The protocol's own client, connected to the built server over its standard input and output until the test has ended. */
export async function agent(args: readonly string[], { cwd, env }: Surroundings) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, "mcp", ...args],
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    /** Of the server. */
    processId: transport.pid,
    stderr: () => stderr,
    async ask(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<ToolResult> {
      const { isError, content } = await client.callTool({ name, arguments: given });
      const [{ text }] = content as [{ text: string }];
      return {
        isError: isError === true,
        text,
        body: isError === true ? undefined : (JSON.parse(text) as ToolResult["body"]),
      };
    },
  };
}
