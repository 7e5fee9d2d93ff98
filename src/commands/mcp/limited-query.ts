import { fork } from "node:child_process";
import pLimit from "p-limit";
import { ArgumentError, InterruptedError } from "../../errors.ts";
import { readJson } from "../../json/read-json.ts";
import type { Outcome, Task } from "./query-child.ts";

/** What a query may cost. */
export interface Limits {
  readonly rows: number;
  readonly milliseconds: number;
  /** Of the rows as JSON text. */
  readonly bytes: number;
}

interface Question {
  /** Path of the warehouse. */
  readonly path: string;
  readonly sql: string;
  readonly limits: Limits;
}

export interface QueryAnswer {
  readonly columns: readonly string[];
  /** For each row its values in the order of the columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** Says that rows are missing, and why. */
  readonly note?: string;
}

// Each is a program of its own that can take a whole core.
const places = pLimit(2);

/**
 * Answers one SQL statement that reads. It runs in a program of its own, because nothing can interrupt SQLite from within: that one
 * can be ended. Rejects with an ExplainedError for a statement that is none, writes, or takes too long.
 */
export function limitedQuery(question: Question, signal: AbortSignal): Promise<QueryAnswer> {
  return places(() => ask(question, signal));
}

async function ask({ path, sql, limits }: Question, signal: AbortSignal): Promise<QueryAnswer> {
  signal.throwIfAborted();
  const outcome = await new Promise<Outcome | undefined>((resolve, reject) => {
    // No environment: there are keys in ours. No output: ours is the agent's.
    const child = fork(new URL("query-child.js", import.meta.url), {
      env: {},
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const end = () => void child.kill("SIGKILL");
    let answered: Outcome | undefined;
    signal.addEventListener("abort", end, { once: true });
    child.once("message", (message: Outcome) => {
      answered = message;
      end();
    });
    child.once("error", reject);
    child.once("exit", () => {
      signal.removeEventListener("abort", end);
      resolve(answered);
    });
    child.send({ path, sql, limits } satisfies Task);
  });
  if (signal.aborted) throw new InterruptedError();
  if (outcome === undefined) {
    throw new ArgumentError(`the query did not end within ${limits.milliseconds / 1000} s, and was stopped`, {
      hint: "Narrow it down with WHERE and LIMIT; describe_tables has the keys of the tables.",
    });
  }
  if ("error" in outcome)
    throw new ArgumentError(outcome.error, { ...(outcome.hint !== undefined && { hint: outcome.hint }) });
  return { ...outcome, rows: readJson(outcome.rows) as QueryAnswer["rows"] };
}
