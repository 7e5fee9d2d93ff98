// Prints the data dictionary as Markdown: docs/data-dictionary.md.
import { createDictionary } from "#build/dictionary/dictionary.js";

/** @import { DictionaryTable } from "#build/dictionary/dictionary.js" */

/** @param {string} text */
const code = (text) => `\`${text}\``;
/** @param {readonly string[]} names */
const list = (names) => names.map(code).join(", ");
const tables = createDictionary();

/** @param {string} text */
const firstSentence = (text) => text.replace(/(?<=[.]) [A-Z`].*/s, "");

/** @param {string[]} cells */
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** @param {DictionaryTable} table */
const section = ({ name, meaning, primary_key, references, columns }) => `## ${name}

${meaning}

Primary key: ${list(primary_key)}${references.map(({ columns, table }) => `  \n${list(columns)} ${columns.length === 1 ? "names" : "name"} a row of [${table}](#${table})`).join("")}

| column | type | null | unit | wire field | meaning |
| --- | --- | --- | --- | --- | --- |
${columns
  .map((column) =>
    row([
      code(column.name),
      column.type,
      column.nullable ? "yes" : "no",
      column.unit ?? "",
      column.wire_field === null ? "" : code(column.wire_field),
      column.meaning,
    ]),
  )
  .join("\n")}
`;

process.stdout.write(`<!-- Written by \`npm run dictionary\` from the declarations in src/: change these. -->

# Data dictionary

Every table and column of a warehouse. The file has the same in its own table [data_dictionary](#data_dictionary), and \`chartmogul-warehouse tables [NAME]\` prints it. There are no views. SQLite's own tables and \`__drizzle_migrations\`, which has the applied migrations, are not described.

_Unit_ is empty if the type says everything. _Wire field_ is the path of the value in the record that ChartMogul sends, and empty if the record does not contain the value. \`line_items[].uuid\` is in each element of a list, \`metrics/mrr: mrr\` in the reply to that request.

| table | rows |
| --- | --- |
${tables.map(({ name, meaning }) => row([`[${name}](#${name})`, firstSentence(meaning)])).join("\n")}

${tables.map(section).join("\n")}`);
