import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { generateAccounts } from "../../src/sandbox/generate-world.ts";
import type { Scene } from "../commands/scene.ts";
import { sceneHere, syncedScene } from "../commands/scene-here.ts";
import { type Block, blocksOf, root, userPages } from "./markdown.ts";

/** What runs a block if it is not run here; undefined for all others. */
function runnerElsewhere({ page, heading, text }: Block): string | undefined {
  if (page === "docs/commands.md") return "reference.test.ts";
  if (page === "docs/queries.md") return "scripts/generate-queries.js, in docs.test.ts";
  if (page === "docs/reading.md") return "test/readers/run, in .ci/run";
  if (page === "docs/export.md" && heading === "DuckDB") return "DuckDB, in docs.test.ts";
  if (page === "docs/export.md" && heading === "BigQuery")
    return "nobody: the page says that it was not tried";
  if (/^npm ci && npm (test|run demo)\n$/.test(text)) return ".ci/run";
  return undefined;
}

/** The blocks in this language that are run here, each with a name for its test. */
function examplesIn(language: string): [string, string][] {
  return userPages
    .flatMap(blocksOf)
    .filter((block) => block.language === language && runnerElsewhere(block) === undefined)
    .map(({ page, heading, text }) => [`${page}, ${heading}: ${text.split("\n")[0]}`, text]);
}

const syncedAccounts = () => syncedScene({ accounts: ["default", "production"] });

describe("SQL of README and docs runs on a synced warehouse", () => {
  test.each(examplesIn("sql"))("%s", async (_, sql) => {
    const { runHere } = await syncedAccounts();
    expect(await runHere(["query", sql])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("commands of README and docs run as they stand", () => {
  const isEndless = ([, commands]: [string, string]) => commands.includes("chartmogul-warehouse schedule");
  const examples = examplesIn("sh");

  test.each(examples.filter((example) => !isEndless(example)))("%s", async (_, commands) => {
    const shell = startShell(await syncedAccounts(), commands);
    expect(await shell.ended).toMatchObject({ code: 0 });
  });

  test.each(examples.filter(isEndless))("%s, until it is stopped", async (_, commands) => {
    const shell = startShell(await syncedAccounts(), `exec ${commands}`);
    await shell.logged("next sync");
    shell.child.kill("SIGINT");
    expect(await shell.ended).toMatchObject({ code: 0 });
  });

  test("those that .ci/run runs are in it", () => {
    const everything = readFileSync(join(root, ".ci/run"), "utf8");
    for (const command of ["npm ci && npm test", "npm run demo", "test/readers/run"])
      expect(everything).toContain(command);
  });
});

test("the query in docs/definitions.md finds no month that does not add up", async () => {
  const { rows } = await syncedAccounts();
  const [block] = blocksOf("docs/definitions.md").filter(({ heading }) => heading === "MRR movements");
  expect(rows("SELECT * FROM mrr_movements_by_month").length).toBeGreaterThan(0);
  expect(rows(block?.text ?? "")).toEqual([]);
});

test("the outputs in the README are those of its commands, apart from numbers and times", async () => {
  // The account of the demo, whose figures are different every day.
  const [world] = generateAccounts({ now: new Date("2026-11-25T12:00:00Z") });
  if (world === undefined) throw new Error("the sandbox invents no account");
  const { runHere } = await sceneHere(world);
  const shown = blocksOf("README.md").filter(({ language }) => language === "console");
  expect(shown.map(({ text }) => commandIn(text))).toEqual(["check", "sync", "status"]);
  for (const { text } of shown) {
    const { code, stdout } = await runHere([commandIn(text)]);
    expect(code).toBe(0);
    const real = stdout.split("\n");
    const written = text.split("\n").slice(1, -1);
    expect(written.length).toBeGreaterThan(2);
    expect(written.filter((line) => !real.some((each) => isLike(each, line)))).toEqual([]);
  }
});

/** The command behind the prompt in a block's first line. */
function commandIn(text: string): string {
  const [, command] = /^\$ npx chartmogul-warehouse (\w+)\n/.exec(text) ?? [];
  if (command === undefined) throw new Error(`no command in ${text}`);
  return command;
}

/** Whether a line of a page is this real one, or its beginning where `…` ends it. */
function isLike(real: string, written: string): boolean {
  if (!written.endsWith("…")) return withoutFigures(real) === withoutFigures(written);
  return withoutFigures(real).startsWith(withoutFigures(written.slice(0, -1)));
}

/** A line whose numbers, addresses and column widths are all alike. */
function withoutFigures(line: string): string {
  return line
    .replaceAll(/https?:\/\/\S+/g, "URL")
    .replaceAll(/\d[\d,.:]*/g, "0")
    .replaceAll(/-{2,}/g, "--")
    .replaceAll(/\s+/g, " ")
    .trim();
}

interface Shell {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Resolves when the output has this text. */
  logged(text: string): Promise<void>;
}

/** Runs commands in a shell in which `npx` starts what was built here, and `npm` does nothing, since all is installed here. */
function startShell({ folder, environment }: Scene, commands: string): Shell {
  const programs = join(folder, "programs");
  mkdirSync(programs, { recursive: true });
  const writeProgram = (name: string, script: string) => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  };
  writeProgram("npx", `shift\nexec "${process.execPath}" "${join(root, "dist/cli.js")}" "$@"`);
  writeProgram("npm", "exit 0");
  const env = { ...environment, PATH: `${programs}:${process.env["PATH"]}` };
  const child = spawn("sh", ["-ec", commands], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    if (child.exitCode === null) child.kill("SIGKILL");
  });
  let output = "";
  const onOutput = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
      for (const look of onOutput) look();
    });
  }
  return {
    child,
    ended: once(child, "close").then(([code]) => ({ code: code as number | null, output })),
    logged: (text) =>
      new Promise((resolve) => {
        const look = () => output.includes(text) && resolve();
        onOutput.add(look);
        look();
      }),
  };
}
