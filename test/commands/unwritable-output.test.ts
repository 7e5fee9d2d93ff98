import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Scene, scene } from "./scene.ts";
import { syncedScene } from "./scene-here.ts";

const program = join(import.meta.dirname, "../../dist/cli.js");

/** Runs the words of a shell, in which `cmw` is the command line; gives its exit code and what was not led elsewhere. */
async function shell({ folder, environment }: Scene, words: string, env: Record<string, string> = {}) {
  const script = `cmw() { "${process.execPath}" "${program}" "$@"; }\n${words}`;
  const child = spawn("bash", ["--norc", "-c", script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...environment, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

const lastRun = "SELECT status, count(*) AS runs FROM sync_runs GROUP BY status";

// A device on which there is never any room.
describe.runIf(existsSync("/dev/full"))(
  "lines that cannot be written are dropped, and the sync is complete",
  () => {
    test.each([
      ["on a full disk", "cmw $SYNC >/dev/full 2>&1"],
      ["of the log on a full disk", "cmw $SYNC 2>/dev/full"],
      ["of the report on a full disk", "cmw $SYNC >/dev/full"],
      ["of the report as JSON on a full disk", "cmw $SYNC --json >/dev/full"],
      ["of the log, as JSON, at every level", "LOG_LEVEL=debug LOG_FORMAT=json cmw $SYNC 2>/dev/full"],
      ["where both are closed", "cmw $SYNC >&- 2>&-"],
      ["where the reader stops after a line", "cmw $SYNC 2>&1 | head -1; exit $PIPESTATUS"],
      ["where nobody reads", "cmw $SYNC 2> >(true) | true; exit $PIPESTATUS"],
    ])("%s", async (_which, words) => {
      const here = await scene();
      expect(await shell(here, words, { SYNC: "sync --only plans" })).toMatchObject({ code: 0 });
      expect(here.rows(lastRun)).toEqual([{ status: "complete", runs: 1 }]);
    });

    test("and a schedule lives on", async () => {
      const here = await scene();
      const schedule = shell(
        here,
        'exec "$NODE" "$CLI" schedule --only plans --cron "* * * * * *" >/dev/full 2>&1',
        {
          NODE: process.execPath,
          CLI: program,
        },
      );
      let ended = false;
      void schedule.then(() => {
        ended = true;
      });
      await expect.poll(() => completeRuns(here), { timeout: 25_000, interval: 200 }).toBeGreaterThan(1);
      expect(ended).toBe(false);
    });

    test("also where the work is a file", async () => {
      const here = await syncedScene();
      for (const words of [
        "rebuild",
        "publish --output copy.db",
        "report",
        "export --to folder --format csv",
      ]) {
        expect(await shell(here, `cmw ${words} >/dev/full 2>&1`)).toMatchObject({ code: 0 });
      }
      expect(["copy.db", "report.html", "folder"].map((name) => existsSync(join(here.folder, name)))).toEqual(
        [true, true, true],
      );
    });
  },
);

function completeRuns(here: Scene): number {
  try {
    return Number(here.value("SELECT count(*) FROM sync_runs WHERE status = 'complete'"));
  } catch {
    // The file has no tables yet, or is just being switched to another journal.
    return 0;
  }
}

describe.runIf(existsSync("/dev/full"))("what was asked for and cannot be written is a failure", () => {
  test.each([
    'query "SELECT * FROM customers"',
    'query "SELECT * FROM customers" --format csv',
    'query "SELECT 1" --format json',
    "changes --since 2000-01-01",
    "changes --since 2000-01-01 --json",
    "status",
    "status --json",
    "tables",
    "tables customers --json",
    "call list_plans",
    "raw plans $PLAN",
    "verify",
    "verify --json",
    "check",
    "--version",
    "--help",
    "sync --help",
  ])("%s", async (words) => {
    const here = await syncedScene();
    const PLAN = String(here.value("SELECT uuid FROM plans LIMIT 1"));
    const { code, stderr } = await shell(here, `cmw ${words} >/dev/full`, { PLAN });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: cannot write to standard output: ENOSPC.*\n$/),
    });
  });

  test.each(["status", "--help"])("%s, also where the error cannot be written either", async (words) => {
    const here = await syncedScene();
    expect(await shell(here, `cmw ${words} >/dev/full 2>&1`)).toMatchObject({ code: 1 });
  });

  test("but not where the reader stops early", async () => {
    const here = await syncedScene();
    const many =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n";
    for (const format of ["csv", "json", "table"]) {
      const words = `cmw query "${many}" --format ${format} | head -1; exit $PIPESTATUS`;
      expect(await shell(here, words)).toMatchObject({ code: 0, stderr: "" });
    }
  });
});

test("a server whose agent no longer reads ends without output", async () => {
  const here = await syncedScene();
  const asked = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`;
  // Standard input stays open.
  const words = `(echo '${asked}'; exec sleep 20 2>/dev/null) | { cmw mcp; echo "code $?" >&2; kill $$; } | true`;
  const began = performance.now();
  const { stderr } = await shell(here, words);
  expect(stderr).toMatch(/^code 0$/m);
  expect(performance.now() - began).toBeLessThan(15_000);
});
