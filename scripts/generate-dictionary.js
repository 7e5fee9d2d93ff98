// Prints the data dictionary as Markdown: docs/data-dictionary.md.
import { createDictionary } from "#build/dictionary/dictionary.js";

/** @import { TableEntry } from "#build/dictionary/dictionary.js" */

/** @param {string} text */
const code = (text) => `\`${text}\``;
/** @param {readonly string[]} names */
const list = (names) => names.map(code).join(", ");
const tables = createDictionary();

/** @param {string[]} cells */
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** @param {TableEntry} table */
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

Every table and column of a warehouse. The file says the same of itself in its table [data_dictionary](#data_dictionary), and \`chartmogul-warehouse tables [NAME]\` prints it. There are no views. Only SQLite's own tables and \`__drizzle_migrations\`, the count of the migrations, are not described.

_Unit_ is empty where the type says it all. _Wire field_ is the path of the value in the record as ChartMogul sends it: \`line_items[].uuid\` is in each element of a list, \`metrics/mrr: mrr\` in the answer of that request. It is empty for columns of our own and for those that say to which record a row belongs.

${tables.map(({ name }) => `[${name}](#${name})`).join(" · ")}

${tables.map(section).join("\n")}`);
