import type { Warehouse } from "../database/open.ts";
import { setPageCache } from "../database/page-cache.ts";
import { getShape, type IndexColumn, type Table } from "../schema/table.ts";

/**
 * Creates the missing secondary indexes of these tables. A sync calls this at its end, rather than a migration. On 200,000
 * invoices, keeping four indexes up to date during the first load takes 15 s; building them after it takes 0.9 s (measured).
 */
export function createIndexes({ sqlite }: Warehouse, tables: readonly Table[]): void {
  setPageCache(sqlite, "small");
  try {
    for (const { name, indexes } of tables.map(getShape)) {
      for (const columns of indexes) sqlite.exec(writeIndex(name, columns));
    }
  } finally {
    setPageCache(sqlite, "usual");
  }
}

function writeIndex(table: string, columns: readonly IndexColumn[]): string {
  const names = columns.map((column) => (typeof column === "string" ? column : column.anyCase));
  const listed = columns.map((column) =>
    typeof column === "string" ? `"${column}"` : `"${column.anyCase}" COLLATE NOCASE`,
  );
  return `CREATE INDEX IF NOT EXISTS "${table}_${names.slice(1).join("_")}" ON "${table}" (${listed.join(", ")})`;
}
