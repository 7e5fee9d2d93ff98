import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs/decisions");
const decisions = readdirSync(folder).filter((name) => /^\d{4}-.+\.md$/.test(name));
const index = readFileSync(join(folder, "README.md"), "utf8");

/** The name that a decision of this title and number has. */
function fileNameOf(number: string, title: string): string {
  const words =
    title
      .toLowerCase()
      .replaceAll("'", "")
      .match(/[a-z0-9]+/g) ?? [];
  return `${number.padStart(4, "0")}-${words.join("-")}.md`;
}

describe("every decision", () => {
  test.each(decisions)("%s has its title, date, status and the three sections", (name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const [, number = "", title = ""] = /^# (\d+)\. (.+)\n\nDate: \d{4}-\d\d-\d\d\n/.exec(text) ?? [];
    expect(fileNameOf(number, title)).toBe(name);
    const sections = [...text.matchAll(/^## (.+)\n\n\S/gm)].map(([, section]) => section);
    expect(sections).toEqual(["Status", "Context", "Decision", "Consequences"]);
    expect(text).toMatch(/^## Status\n\n(Accepted|Superseded by \[\d{4}\]\(\d{4}-.+\.md\))\n/m);
    expect(index).toContain(`- [${number}. ${title}](${name})\n`);
  });

  test("has a number of its own, in the index as in the folder", () => {
    expect(new Set(decisions.map((name) => name.slice(0, 4))).size).toBe(decisions.length);
    const listed = [...index.matchAll(/\]\((\d{4}-.+\.md)\)/g)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...decisions].sort());
  });
});

// The tracked files, because a checkout may hold builds of an earlier state.
const texts = execFileSync("git", ["ls-files", "*.md", "*.ts", "*.js", "*.json", ".ci/run"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && file !== "docs/data-dictionary.md" && existsSync(join(root, file)));

test("every decision that a file refers to exists", () => {
  const numbers = new Set(decisions.map((name) => name.slice(0, 4)));
  const dead = texts.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return [...text.matchAll(/decisions\/(\d{4})([\w-]*\.md)?/g)]
      .filter(([, number = "", rest]) => !numbers.has(number) || (rest && !decisions.includes(number + rest)))
      .map(([reference]) => `${file}: ${reference}`);
  });
  expect(dead).toEqual([]);
});

test("every link of a page for developers leads to a file", () => {
  const pages = texts.filter((file) =>
    /^(ARCHITECTURE|CONTRIBUTING|CHANGELOG|docs\/(decisions|internals)\/.+|bench\/README)/.test(file),
  );
  expect(pages.length).toBeGreaterThan(decisions.length + 2);
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = ""]) => join(dirname(page), target))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(dead).toEqual([]);
});
