import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "*.md", "src", "test"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const pages = tracked.filter((file) => file.endsWith(".md") && file !== "docs/data-dictionary.md");
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

test("every file of the repository that a page names exists", () => {
  const named = pages.flatMap((page) =>
    [...textOf(page).matchAll(/(?<![\w/.])(?:src|test|scripts|bench)\/[\w./-]*\w\/?(?![\w<*])/g)].map(
      ([path]) => ({ page, path }),
    ),
  );
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
});

test("every function that a page for developers names exists", () => {
  const source = tracked.filter((file) => file.endsWith(".ts")).map(textOf);
  const developers = pages.filter((page) =>
    /^(ARCHITECTURE|CONTRIBUTING|docs\/(internals|decisions))/.test(page),
  );
  const named = developers.flatMap((page) =>
    [...textOf(page).matchAll(/`(\w+)\(\)`/g)].map(([, name = ""]) => ({ page, name })),
  );
  expect(named.length).toBeGreaterThan(1);
  const isDeclared = (name: string) =>
    source.some((text) => new RegExp(`\\b(function\\*?|const) ${name}\\b`).test(text));
  expect(named.filter(({ name }) => !isDeclared(name))).toEqual([]);
});

test("each step of a resource walk is a function of the file that ARCHITECTURE.md names", () => {
  const steps = [...textOf("ARCHITECTURE.md").matchAll(/\| `(\w+)\(\)` +\| `(src\/[\w./-]+)` +\|/g)];
  expect(steps.length).toBeGreaterThan(5);
  for (const [, name = "", file = ""] of steps)
    expect(textOf(file)).toMatch(new RegExp(`^export (async )?function ${name}\\(`, "m"));
});
