import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** Paths of the pages for users, from the root of the repository. */
export const userPages: readonly string[] = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** The nearest heading above it. */
  readonly heading: string;
  /** What follows the fence, such as `sh`; empty where nothing does. */
  readonly language: string;
  readonly text: string;
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  return sectionsOf(page).flatMap(({ heading, text }) =>
    [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = "", block = ""]) => ({
      page,
      heading,
      language,
      text: block,
    })),
  );
}

/** The text below a heading, up to the next one of any level. */
export function textUnder(page: string, heading: string): string {
  const section = sectionsOf(page).find((each) => each.heading === heading);
  if (section === undefined) throw new Error(`${page} has no heading ${heading}`);
  return section.text;
}

/** The first cells of the rows of the tables under a heading, without their backticks; several where a cell names several. */
export function firstCellsUnder(page: string, heading: string): string[] {
  const rows = textUnder(page, heading)
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) =>
    [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

/** The anchors that a link to this page can name, as GitHub makes them of its headings. */
export function anchorsOf(page: string): string[] {
  return sectionsOf(page).map(({ heading }) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The targets of a page's links to other files and to headings. */
export function linksOf(page: string): string[] {
  const outsideBlocks = readPage(page).replaceAll(/^```\w*\n.*?^```$/gms, "");
  return [...outsideBlocks.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = ""]) => target);
}

interface Section {
  readonly heading: string;
  readonly text: string;
}

/** A comment in a block begins like a heading, and is none. */
function sectionsOf(page: string): Section[] {
  const sections: { heading: string; text: string }[] = [{ heading: "", text: "" }];
  let isInBlock = false;
  for (const line of readPage(page).split("\n")) {
    if (line.startsWith("```")) isInBlock = !isInBlock;
    const [, heading] = isInBlock ? [] : (/^#+ (.+)$/.exec(line) ?? []);
    if (heading !== undefined) sections.push({ heading, text: "" });
    else {
      const last = sections.at(-1);
      if (last) last.text += `${line}\n`;
    }
  }
  return sections;
}
