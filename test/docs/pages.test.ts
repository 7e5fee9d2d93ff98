import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { settingNames } from "../../src/config.ts";
import { createDictionary } from "../../src/dictionary/dictionary.ts";
import { anchorsOf, linksOf, readPage, root, userPages } from "./markdown.ts";

const tables = createDictionary();

describe.each(userPages)("%s", (page) => {
  /** What a page names in backticks and what fits. */
  const named = (pattern: RegExp) => [...readPage(page).matchAll(pattern)].map(([, name = ""]) => name);

  test("links only to files and headings that exist", () => {
    const dead = linksOf(page).filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : posix.join(posix.dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  test("names only tables and columns of the sync that exist", () => {
    const names = named(/`((?:sync_[a-z_]+|freshness|record_changes|rejected_records)(?:\.[a-z_]+)?)`/g);
    const unknown = names.filter((name) => {
      const [table, column] = name.split(".");
      const known = tables.find((each) => each.name === table);
      if (known === undefined) return table !== "sync_status";
      return column !== undefined && !known.columns.some((each) => each.name === column);
    });
    expect(unknown).toEqual([]);
  });

  test("names only settings that exist", () => {
    const names = named(/`((?:SYNC|WAREHOUSE|LOG)_[A-Z_]+)(?:=[^`]*)?`/g);
    expect(names.filter((name) => !settingNames.includes(name))).toEqual([]);
  });
});

// Earlier words for what the glossary names.
const retired =
  /\b(ready answers?|fan-?outs?|tall(?:y|ies)|digests?|catalogues?|strays?|keyless|settled?|brakes?|held|sweeps?|confirmed_since)\b/gi;

test.each(userPages)("%s uses the words of the glossary", (page) => {
  const prose = readPage(page).replaceAll(/`[^`\n]+`/g, "");
  expect([...prose.matchAll(retired)].map(([word]) => word)).toEqual([]);
});

test("docs/README.md leads to every page", () => {
  const targets = linksOf("docs/README.md").map((link) => posix.join("docs", link));
  expect(userPages.filter((page) => page !== "docs/README.md" && !targets.includes(page))).toEqual([]);
});

test("docs/README.md and the README name the same pages", () => {
  const pages = (page: string) =>
    linksOf(page)
      .map((link) => posix.join(posix.dirname(page), link.split("#")[0] ?? ""))
      .filter(
        (target) => target.startsWith("docs/") && target.endsWith(".md") && target !== "docs/README.md",
      );
  expect([...new Set(pages("README.md"))].sort()).toEqual([...new Set(pages("docs/README.md"))].sort());
});

test("the README is one screen and a half: at most 120 lines", () => {
  expect(readPage("README.md").split("\n").length).toBeLessThan(122);
});
