import * as z from "zod";
import { dictionary, type TableEntry } from "../../catalogue/dictionary.ts";
import type { Caller } from "../../functions/caller.ts";
import { functions } from "../../functions/index.ts";
import { text } from "../../functions/parameters.ts";
import { type ReadFunction, readParameters } from "../../functions/read-function.ts";
import { tableNamed } from "../selection.ts";
import { readStatus } from "../status.ts";
import { type Limits, limitedQuery } from "./limited-query.ts";

/** What an agent can use. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: z.ZodObject;
  /** Throws an ExplainedError, or rejects with one, for whatever is wrong. */
  answer(given: Readonly<Record<string, unknown>>): unknown;
}

interface Means {
  /** Path of the warehouse. */
  readonly path: string;
  /** The accounts that have a key. */
  readonly names: readonly string[];
  readonly call: Caller;
  /** Of a query. */
  readonly limits: Limits;
  /** Ends a query that goes on. */
  readonly signal: AbortSignal;
}

/** The read functions, and what an agent needs to ask its own questions. */
export function toolsOf({ path, names, call, limits, signal }: Means): Tool[] {
  return [
    ...Object.values(functions).map((of) => functionTool(of, call)),
    defineTool({
      name: "query",
      description: `Answers one SQL statement of SQLite that reads the warehouse: at most ${limits.rows} rows, ${limits.milliseconds / 1000} s. describe_tables has the tables.`,
      parameters: z.strictObject({ sql: text().describe("One SELECT.") }),
      answer: ({ sql }) => limitedQuery({ path, sql, limits }, signal),
    }),
    defineTool({
      name: "describe_tables",
      description: "Describes the tables of the warehouse: all of them in short, or one with its columns.",
      parameters: z.strictObject({ table: text().optional().describe("Name of a table.") }),
      answer: ({ table }) =>
        table === undefined ? { tables: dictionary().map(inShort) } : tableNamed(table),
    }),
    defineTool({
      name: "sync_status",
      description:
        "Tells for each account and resource how the last sync went, and how old and how many its rows are.",
      parameters: z.strictObject({}),
      answer: () => readStatus(path, names, Date.now()),
    }),
  ];
}

const account = {
  account: text().optional().describe("Account; by default the one called default, or the only one."),
};

function functionTool(of: ReadFunction, call: Caller): Tool {
  const { name, description, parameters } = of;
  return {
    name,
    description,
    parameters: parameters.extend(account),
    answer({ account: which, ...given }) {
      const chosen = readParameters({ name, parameters: z.object(account) }, { account: which });
      return call(of, given, chosen.account);
    },
  };
}

interface Definition<Parameters extends z.ZodObject> extends Omit<Tool, "parameters" | "answer"> {
  readonly parameters: Parameters;
  readonly answer: (given: z.output<Parameters>) => unknown;
}

function defineTool<Parameters extends z.ZodObject>(tool: Definition<Parameters>): Tool {
  return { ...tool, answer: (given) => tool.answer(readParameters(tool, given)) };
}

function inShort({ name, meaning, columns }: TableEntry) {
  return { name, meaning, columns: columns.map((column) => column.name).join(", ") };
}
