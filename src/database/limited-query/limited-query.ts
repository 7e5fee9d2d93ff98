import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import { ArgumentError, InterruptedError } from "../../errors.ts";
import { readJson } from "../../json/read-json.ts";
import { endOfTime } from "./query-ends.ts";
import type { LimitedResult, QueryOutcome, QueryTask } from "./query-task.ts";

// Each query is a process of its own that can take a whole core.
const twoAtOnce = pLimit(2);

/**
 * Runs one SQL statement that only reads. It runs in a process of its own, which can be ended, because nothing can interrupt
 * SQLite from within. Rejects with an ExplainedError for a text that is not a statement, and for a statement that writes or takes
 * too long.
 */
export function runLimitedQuery(task: QueryTask, signal: AbortSignal): Promise<LimitedResult> {
  return twoAtOnce(() => ask(task, signal));
}

async function ask({ path, sql, limits }: QueryTask, signal: AbortSignal): Promise<LimitedResult> {
  signal.throwIfAborted();
  const outcome = await new Promise<QueryOutcome | Ended>((resolve, reject) => {
    const child = startWithin(limits.memory);
    const end = () => void child.kill("SIGKILL");
    let answered: QueryOutcome | undefined;
    signal.addEventListener("abort", end, { once: true });
    child.once("message", (message: QueryOutcome) => {
      answered = message;
      end();
    });
    child.once("error", reject);
    child.once("exit", (code, by) => {
      signal.removeEventListener("abort", end);
      resolve(answered ?? { code, by });
    });
    child.send({ path, sql, limits } satisfies QueryTask);
  });
  if (signal.aborted) throw new InterruptedError();
  if (outcome === "out of memory" || ("by" in outcome && outcome.by !== null && outcome.by !== endOfTime)) {
    throw new ArgumentError(
      `the query needs more than ${limits.memory / 1_000_000} MB of memory, and was stopped`,
      {
        hint: "Narrow it down with WHERE and LIMIT, and group or sort fewer rows and shorter values. The server's option --megabytes allows more.",
      },
    );
  }
  if ("by" in outcome && outcome.by === null) {
    throw new Error(`the program of a query ended with code ${outcome.code}`);
  }
  if ("by" in outcome) {
    throw new ArgumentError(`the query did not end within ${limits.milliseconds / 1000} s, and was stopped`, {
      hint: "Narrow it down with WHERE and LIMIT; describe_tables has the keys of the tables.",
    });
  }
  if ("error" in outcome)
    throw new ArgumentError(outcome.error, { ...(outcome.hint !== undefined && { hint: outcome.hint }) });
  return { ...outcome, rows: readJson(outcome.rows) as LimitedResult["rows"] };
}

/** The end of a process that sent no message. */
interface Ended {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
}

const program = fileURLToPath(new URL("query-child.js", import.meta.url));

// Node 24 reserves a gigabyte for its compiler's code, which would count as memory. SQLite does the work, and needs no compiler.
const own = [process.execPath, "--jitless", program] as const;

// Node 20 to 26 take 62 to 67 MB before any query (measured).
const ownMemory = 96_000_000;

/**
 * Starts the process of a query. Linux limits its memory, and refuses every allocation beyond. Elsewhere, or without a shell,
 * only the process's own thread ends it, which looks every 10 ms.
 */
function startWithin(memory: number): ChildProcess {
  const kibibytes = Math.ceil((memory + ownMemory) / 1024);
  const limited = ["/bin/sh", "-c", `ulimit -c 0; ulimit -d ${kibibytes}; exec "$0" "$@"`, ...own] as const;
  const isLimited = process.platform === "linux" && existsSync(limited[0]);
  const [command, ...args] = isLimited ? limited : own;
  // The process gets no environment, because ours has API keys. It gets no output, because ours belongs to the agent, and nobody
  // needs Node's report on full memory.
  return spawn(command, args, { env: {}, stdio: ["ignore", "ignore", "ignore", "ipc"] });
}
