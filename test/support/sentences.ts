import { parseSync, Visitor } from "rolldown/utils";

/** A sentence that a user reads, without its markup, and the line of the file where its text begins. */
export interface Sentence {
  readonly line: number;
  readonly text: string;
}

// In place of text that is not prose: a piece of code, a link's target, a value that is filled in. It counts as one word.
const value = "X";

/** The sentences of a Markdown document. A heading, an element of a list and a cell of a table each begin and end one. */
export function sentencesInMarkdown(document: string): Sentence[] {
  const prose = document
    .replaceAll(/^( *)(```+).*?^ *\2$/gms, blanked)
    .replaceAll(/<!--.*?-->/gs, blanked)
    .replaceAll(/^---\n.*?^---$/gms, (text, at) => (at === 0 ? blanked(text) : text))
    .replaceAll(/!?\[([^\]]*)\]\([^)\s]*\)/g, "$1")
    .replaceAll(/`+[^`\n]+`+/g, value)
    .replaceAll(/\*\*|__|(?<=\s)[_*](?=\S)|(?<=\S)[_*](?=[\s.,;:])/g, "");
  return paragraphsOf(prose).flatMap(({ line, text }) => {
    if (/^\|/.test(text)) return cellsOf(text).flatMap((cell) => sentencesOf(cell, line));
    return sentencesOf(text.replace(/^(#+|[-*+]|\d+\.|>)\s+/, ""), line);
  });
}

/** The line breaks of removed text stay: all other lines keep their numbers. */
function blanked(text: string): string {
  return text.replaceAll(/[^\n]/g, "");
}

function cellsOf(row: string): string[] {
  return /^\|[\s:|-]+\|$/.test(row) ? [] : row.split(/(?<!\\)\|/);
}

/** Lines that belong together: up to an empty line, or to one that begins a heading, an element of a list or a row of a table. */
function paragraphsOf(text: string): Sentence[] {
  const paragraphs: Sentence[] = [];
  let goesOn = false;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    const last = paragraphs.at(-1);
    const begins = /^(#+|[-*+]|\d+\.|>)\s|^\|/.test(line);
    if (line !== "" && goesOn && !begins && last) {
      paragraphs[paragraphs.length - 1] = { line: last.line, text: `${last.text} ${line}` };
    } else if (line !== "") {
      paragraphs.push({ line: index + 1, text: line });
    }
    goesOn = line !== "" && !/^(#+\s|\|)/.test(line);
  }
  return paragraphs;
}

function sentencesOf(text: string, line: number): Sentence[] {
  return text
    .split(/(?<=[.!?…][)"'”]*)\s+(?=["'“(]?[\p{Lu}\d])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "")
    .map((sentence) => ({ line, text: sentence }));
}

const sql =
  /^\s*\(?\s*(SELECT|WITH|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|ATTACH|COPY|JOIN|FROM|WHERE)\b/;

/**
 * The sentences among the texts of a TypeScript file: of each text in quotes or backticks that has several words. What is filled in
 * counts as one word. Indented lines, as in a help text, each begin and end a sentence; examples and SQL are left out.
 */
export function sentencesInSource(source: string): Sentence[] {
  const texts: { readonly start: number; readonly text: string }[] = [];
  const tagged = new Set<number>();
  new Visitor({
    TaggedTemplateExpression: ({ quasi }) => {
      tagged.add(quasi.start);
    },
    TemplateLiteral({ start, quasis }) {
      if (tagged.has(start)) return;
      texts.push({ start, text: quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw).join(value) });
    },
    Literal({ start, value: text }) {
      if (typeof text === "string") texts.push({ start, text });
    },
  }).visit(parseSync("source.ts", source).program);
  return texts
    .filter(({ text }) => /\p{L}\S* \S*\p{L}/u.test(text) && !sql.test(text))
    .flatMap(({ start, text }) => {
      const line = source.slice(0, start).split("\n").length;
      return blocksOf(text).flatMap((block) => sentencesOf(block.replaceAll(/`[^`\n]+`/g, value), line));
    });
}

/** Lines that a user reads as one: each indented line is one of its own. */
function blocksOf(text: string): string[] {
  return text
    .split(/\n(?=\s)|\n\n+|(?<=^\s+\S.*)\n/m)
    .map((block) => block.replaceAll("\n", " "))
    .filter((block) => !/^\s*\$ /.test(block));
}

/** The sentences of a TypeScript file's comments. Line comments directly below each other are one text. */
export function sentencesInComments(source: string): Sentence[] {
  const comments: { readonly start: number; end: number; text: string }[] = [];
  for (const { type, value: text, start, end } of parseSync("source.ts", source).comments) {
    const last = comments.at(-1);
    if (type === "Line" && last && /^\n[ \t]*$/.test(source.slice(last.end, start))) {
      last.end = end;
      last.text += `\n${text}`;
    } else {
      comments.push({ start, end, text });
    }
  }
  return comments.flatMap(({ start, text }) => {
    const linesBefore = source.slice(0, start).split("\n").length - 1;
    const prose = text.replaceAll(/^[ \t]*\*+ ?/gm, "").replaceAll(/\{@link [^}]*\}/g, value);
    return sentencesInMarkdown(prose).map((sentence) => ({ ...sentence, line: linesBefore + sentence.line }));
  });
}
