// Prints the SQL that calculates a summary table, for the sqlite3 shell: print-summary-sql.js TABLE WAREHOUSE
import { openReadOnly } from "#build/database/open-read-only.js";
import { WarehouseError } from "#build/errors.js";
import { getShape } from "#build/schema/table.js";
import { summaries } from "#build/summaries/index.js";
import { writeShellSql } from "#build/summaries/write-shell-sql.js";

const [name, path] = process.argv.slice(2);
const names = summaries.map((table) => getShape(table).name);
const table = summaries.find((each) => getShape(each).name === name);
if (table === undefined || path === undefined) {
  console.error(
    `usage: npm run --silent summary-sql -- TABLE WAREHOUSE\nTABLE is one of ${names.join(", ")}.`,
  );
  process.exit(2);
}
try {
  const warehouse = openReadOnly(path);
  const { preparation, query } = writeShellSql(warehouse.sqlite, table);
  warehouse.close();
  if (preparation !== "") console.log(`${preparation}\n`);
  console.log(query);
} catch (error) {
  if (!(error instanceof WarehouseError)) throw error;
  console.error([error.message, error.hint].filter(Boolean).join("\n"));
  process.exit(2);
}
