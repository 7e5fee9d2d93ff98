import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const cli = join(import.meta.dirname, "../../dist/cli.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ended>;
  /** Resolves when standard error or output holds this text. */
  seen(text: string): Promise<void>;
}

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Limits;
  /** Another installation's command line. */
  readonly program?: string;
}

/** What the operating system does not let the process do. */
export interface Limits {
  /** No file may grow beyond this many kibibytes: to a program this is a full disk. */
  readonly kibibytes?: number;
  /** The user to run as where the tests run as root: permissions do not apply to root. */
  readonly user?: number | undefined;
}

/** Starts the built command line with nothing in its environment but what is given. */
export function start(
  args: readonly string[],
  { cwd, env = {}, limits = {}, program = cli }: Surroundings,
): Running {
  const { kibibytes, user } = limits;
  const limited = kibibytes === undefined ? "" : `ulimit -f ${kibibytes * 2}; `;
  const child = spawn("sh", ["-c", `${limited}exec "$0" "$@"`, process.execPath, program, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    ...(user !== undefined && { uid: user, gid: user }),
  });
  onTestFinished(() => {
    if (child.exitCode === null) child.kill("SIGKILL");
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const wakeWatchers = () => {
    for (const watcher of watchers) watcher();
  };
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
    wakeWatchers();
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
    wakeWatchers();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    ended,
    seen: (text) =>
      new Promise((resolve, reject) => {
        const watcher = () => {
          if (`${stdout}${stderr}`.includes(text)) {
            watchers.delete(watcher);
            resolve();
          }
        };
        watchers.add(watcher);
        watcher();
        ended.then(() => reject(new Error(`ended without "${text}": ${stdout}${stderr}`)));
      }),
  };
}

/** Runs the built command line to its end. */
export function run(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return start(args, surroundings).ended;
}
