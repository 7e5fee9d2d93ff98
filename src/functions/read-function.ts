import * as z from "zod";
import type { ApiClient } from "../api/api-client.ts";
import type { Warehouse } from "../database/open.ts";
import { ArgumentError } from "../errors.ts";

/** One account as it is stored. */
export interface StoredAccount {
  readonly name: string;
  /** Open for reading, and within one transaction. */
  readonly warehouse: Warehouse;
  readonly now: () => Date;
  /** Bytes that a result may have as JSON; undefined for no limit. */
  readonly bytes: number | undefined;
}

/** One account that ChartMogul itself is asked about. */
export interface LiveAccount {
  readonly name: string;
  readonly api: ApiClient;
  /** Bytes that a result may have as JSON; undefined for no limit. */
  readonly bytes: number | undefined;
}

/** A question to one account: the command `call` and the MCP tools are made from this declaration, the library is checked against it. */
export interface ReadFunction<Parameters extends z.ZodObject = z.ZodObject, Answer = unknown> {
  readonly name: string;
  /** What it answers, in a sentence or two. */
  readonly description: string;
  /** Every parameter says by its description what it means; one that is not declared here is refused. */
  readonly parameters: Parameters;
  /** Answers from what is stored. Throws an ExplainedError where it cannot. */
  fromWarehouse(account: StoredAccount, given: z.output<Parameters>): Answer;
  /** Asks ChartMogul. Throws an ApiError if the response is not what the contract says. */
  live(account: LiveAccount, given: z.output<Parameters>): Promise<Answer>;
}

/** The parameter that chooses between ChartMogul and the warehouse. */
export const live = (byDefault: boolean) => ({
  live: z
    .boolean("is not true or false")
    .default(byDefault)
    .describe("true: ask ChartMogul now; false: read the warehouse, as of its last complete sync."),
});

/** Reads what was given. Throws an ArgumentError that names the parameter and what it takes. */
export function readParameters<Parameters extends z.ZodObject>(
  { name, parameters }: Pick<ReadFunction<Parameters>, "name" | "parameters">,
  given: unknown,
): z.output<Parameters> {
  const parsed = parameters.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const names = Object.keys(parameters.shape).join(", ");
  if (issue?.code === "unrecognized_keys") {
    throw new ArgumentError(`${name} has no parameter "${issue.keys[0]}"`, { hint: `It has: ${names}.` });
  }
  const parameter = issue?.path[0];
  if (typeof parameter !== "string") {
    throw new ArgumentError(`${name} takes an object of parameters`, { hint: `It has: ${names}.` });
  }
  const value = (given as Readonly<Record<string, unknown>>)[parameter];
  const shown = value === undefined ? "" : `: ${JSON.stringify(value)}`;
  throw new ArgumentError(`${parameter} ${issue?.message}${shown}`, {
    hint: `${parameter}: ${(parameters.shape[parameter] as z.ZodType | undefined)?.description}`,
  });
}
