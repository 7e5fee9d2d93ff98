import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { commands } from "../src/commands/index.ts";
import { describeSettings, settingNames } from "../src/config.ts";
import { type SceneHere, syncedScene } from "./commands/scene-here.ts";

const root = join(import.meta.dirname, "..");
const reference = readFileSync(join(root, "docs/commands.md"), "utf8");
const settings = readFileSync(join(root, "docs/settings.md"), "utf8");

test.each(["commands", "settings"])("docs/%s.md is what `npm run reference` writes", async (name) => {
  const script = join(root, "scripts/generate-reference.js");
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--print", name], { cwd: root });
  expect(readFileSync(join(root, `docs/${name}.md`), "utf8")).toBe(stdout);
});

test("docs/commands.md has a section for every command, with an example and the exit codes", () => {
  const sections = reference.split(/^### /m).slice(1);
  expect(sections.map((section) => section.split("\n")[0])).toEqual(commands.map(({ name }) => name));
  for (const section of sections) {
    const [name] = section.split("\n");
    expect(section).toMatch(new RegExp(`^Examples?:\n\n\`\`\`sh\nchartmogul-warehouse ${name}\\b`, "m"));
    expect(section).toMatch(/^\| exit code \| meaning \|\n\| --- \| --- \|\n\| 0 \| /m);
    expect(section).toMatch(/^\| 2 \| /m);
  }
});

test("docs/settings.md has a row for every setting, with its default", () => {
  const rows = [...settings.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, name, value]) => [name, value]);
  const keys = rows.filter(([name]) => name?.startsWith("CHARTMOGUL_API_KEY"));
  expect(keys.map(([name]) => name)).toEqual(["CHARTMOGUL_API_KEY", "CHARTMOGUL_API_KEY_<NAME>"]);
  const others = rows.filter((row) => !keys.includes(row));
  expect(others.map(([name]) => name)).toEqual([...settingNames]);
  const defaults = describeSettings().map((setting) =>
    setting.default === undefined ? (setting.unset ?? "") : `\`${setting.default}\``,
  );
  expect(others.map(([, value]) => value)).toEqual(defaults);
});

/** The examples of docs/commands.md, as they stand. */
const examples = [...reference.matchAll(/^Examples?:\n\n```sh\n(.*?)```/gms)].flatMap(([, block = ""]) =>
  block.trim().split("\n"),
);

/** What a shell makes of a line, up to what it does when the command fails. */
function wordsOf(line: string): string[] {
  const [command = ""] = line.split(" || ");
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "").slice(1);
}

const nameOf = (line: string) => wordsOf(line)[0] ?? "";

/** Keys of records differ from account to account: of the same resource and account one that is there. */
function withKeyThatIsThere(
  [name = "", resource = "", , ...options]: string[],
  { value }: SceneHere,
): string[] {
  const account = options[1] ?? "default";
  const key = value(
    `SELECT key FROM raw_records WHERE resource = '${resource}' AND account = '${account}' LIMIT 1`,
  );
  return [name, resource, String(key), ...options];
}

describe("an example of docs/commands.md works as it stands:", () => {
  // What they wait for, they print; then they are stopped as an operator would.
  const servers: Readonly<Record<string, { readonly seen: string; readonly code: number }>> = {
    schedule: { seen: "next sync", code: 0 },
    sandbox: { seen: "chartmogul-warehouse sync", code: 0 },
    // Half a minute; test/commands/demo.test.ts looks at all of it.
    demo: { seen: "First sync", code: 1 },
  };

  test.each(examples.filter((line) => nameOf(line) in servers))("%s", async (line) => {
    const { seen = "", code } = servers[nameOf(line)] ?? {};
    const here = await syncedScene({ only: ["plans"] });
    const faults = /may contain:\n\n```text\n(.*?)```/s.exec(reference)?.[1] ?? "";
    writeFileSync(join(here.folder, "faults.json"), faults);
    // The port may be in use on this machine.
    const { child, ended, ...server } = here.start(
      wordsOf(line).map((word) => (word === "4010" ? "0" : word)),
    );
    await server.seen(seen);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code });
  });

  test.each(examples.filter((line) => !(nameOf(line) in servers) && nameOf(line) !== "mcp"))(
    "%s",
    async (line) => {
      const here = await syncedScene({ accounts: ["default", "production"] });
      const words = wordsOf(line);
      const args = words[0] === "raw" ? withKeyThatIsThere(words, here) : words;
      const { code, stdout, stderr } = await here.runHere(args);
      expect({ line, code, stderr }).toMatchObject({ line, code: 0 });
      expect(stdout).not.toBe("");
    },
  );

  test.each(examples.filter((line) => nameOf(line) === "mcp"))("%s", async (line) => {
    const { start } = await syncedScene({ only: ["plans"] });
    const { child, ended } = start(wordsOf(line));
    child.stdin?.end();
    expect(await ended).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("every command has one", () => {
    expect([...new Set(examples.map(nameOf))]).toEqual(commands.map(({ name }) => name));
  });
});
