import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { createDictionary } from "../src/dictionary/dictionary.ts";
import {
  type Sentence,
  sentencesInComments,
  sentencesInMarkdown,
  sentencesInSource,
} from "./support/sentences.ts";

const root = join(import.meta.dirname, "..");

const mostWords = 30;

// Each of them is never right in a sentence for users: there is a plainer way to say it.
const translated = [
  /\bof (which|whom|whose)\b/i,
  /\bwhom\b/i,
  /\b(every|at most|up to|by|after|than|last|these|of) so (many|much)\b|^so many\b/i,
  /\bat the (least|most|latest)\b/i,
  /\banew\b/i,
  /\bhangs? on\b/i,
  /\b(is|are|was|were|be) had\b/i,
  /\bworked out\b|\bworks? (it|them|this|these|those) out\b/i,
  /\bbefall(s|en)?\b|\bbefell\b/i,
  /\bin vain\b/i,
  /\bgone on with\b|\bgo(es)? on (with|from)\b/i,
  /(?<!\bthere )\b(is|are) none\b/i,
  /(?<!\bthere )\bis no (?!longer\b|more\b|way\b|later\b|earlier\b|older\b|newer\b)/i,
  /\b(for|of|to|by|from) who\b/i,
  // A question may begin so.
  /^Who \w+s\b(?!.*\?$)/,
  /\b(is|are|was|were|been|be) (told|heard)\b/i,
  /\b(thereof|hitherto|therewith|therein)\b/i,
];

// Each of them once named what docs/glossary.md has another word for.
const retired = [
  /\b(ready )?answer tables?\b|\bready answers?\b/i,
  /\bfan(s|ned|ning)?[- ]?outs?\b/i,
  /\btall(y|ies|ied)\b/i,
  /\b(un)?settle(s|d|ment)?\b|\bsettling\b/i,
  /\bdue (child )?listings?\b/i,
  // A digest of bytes is another thing.
  /(?<!\b(sha-?256|hash|hex) )\bdigests?\b(?! of (the |a )?(bytes|key|record|text|file))/i,
  /\bkeyless\b/i,
  /\bstrays?\b/i,
  /\bquiet (fields?|columns?|changes?)\b/i,
  /\bheld back\b|\b(status|as) ["'`]?(held|short)\b/i,
  /\bbrak(e|es|ed|ing)\b/i,
];

function faultsOf({ text }: Sentence, unwanted: readonly RegExp[]): string[] {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
  return [
    ...(words > mostWords ? [`${words} words`] : []),
    ...unwanted.flatMap((phrase) => phrase.exec(text)?.[0].trim() ?? []).map((found) => `"${found}"`),
  ];
}

function faultsIn(file: string, sentences: readonly Sentence[], unwanted = translated): string[] {
  return sentences.flatMap((sentence) =>
    faultsOf(sentence, unwanted).map((fault) => `${file}:${sentence.line} ${fault}: ${sentence.text}`),
  );
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name).replaceAll(sep, "/"))
    .sort();
}

const documents = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "bench/README.md",
  ...filesIn("docs", ".md"),
];

const read = (file: string) => readFileSync(join(root, file), "utf8");

// Style sheets.
const notProse = ["src/report/style.ts"];
const sources = filesIn("src", ".ts").filter((file) => !notProse.includes(file));

describe("no sentence is long, and none sounds translated, in", () => {
  test.each(documents)("%s", (file) => {
    expect(faultsIn(file, sentencesInMarkdown(read(file)))).toEqual([]);
  });

  test.each(sources)("%s", (file) => {
    expect(faultsIn(file, sentencesInSource(read(file)))).toEqual([]);
  });

  test.each(filesIn("src", ".ts"))("the comments of %s", (file) => {
    expect(faultsIn(file, sentencesInComments(read(file)), [...translated, ...retired])).toEqual([]);
  });

  test("the meaning of any table or column", () => {
    const faults = createDictionary().flatMap(({ name, meaning, columns }) => [
      ...faultsIn(name, sentencesInMarkdown(meaning)),
      ...columns.flatMap((column) => faultsIn(`${name}.${column.name}`, sentencesInMarkdown(column.meaning))),
    ]);
    expect(faults).toEqual([]);
  });
});

test("markup, code and examples are not prose, and what is filled in counts as one word", () => {
  const markdown = sentencesInMarkdown(
    "# Title\n\nOne [link](a.md), one `piece of code`. Two.\nStill two.\n\n```sh\nnot this\n```\n- first\n- second\n\n| a cell. And more | last |\n| --- | --- |\n",
  );
  expect(markdown).toEqual([
    { line: 1, text: "Title" },
    { line: 3, text: "One link, one X." },
    { line: 3, text: "Two." },
    { line: 3, text: "Still two." },
    { line: 9, text: "first" },
    { line: 10, text: "second" },
    { line: 12, text: "a cell." },
    { line: 12, text: "And more" },
    { line: 12, text: "last" },
  ]);
  const source = [
    'refuse("There is no " + name);',
    `throw new Error(\`Use \${count("of all")} of\\nthem:\\n\\n  $ this\\n  or that\\n\`);`,
    'ask("SELECT it FROM there", sql`not this`, "word");',
  ].join("\n");
  const texts = sentencesInSource(source).map(({ line, text }) => `${line} ${text}`);
  expect(texts.sort()).toEqual(["1 There is no", "2 Use X of them:", "2 of all", "2 or that"]);
});

test("a comment is prose but for its code, and line comments below each other are one text", () => {
  const source = [
    "/**",
    " * Reads `one file` of {@link Rows}. Then",
    " * closes it.",
    " */",
    "function read() {} // At the end.",
    "",
    "  // Line by",
    "  // line.",
  ].join("\n");
  expect(sentencesInComments(source)).toEqual([
    { line: 2, text: "Reads X of X." },
    { line: 2, text: "Then closes it." },
    { line: 5, text: "At the end." },
    { line: 7, text: "Line by line." },
  ]);
});
