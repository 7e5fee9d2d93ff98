import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { openForReading } from "../database/open.ts";
import type { Permission } from "../database/permit.ts";
import { schemaVersion } from "../database/schema-version.ts";
import { explainSqliteError, findSqliteHint } from "../database/sqlite-errors.ts";
import type { DictionaryTable } from "../dictionary/dictionary.ts";
import { ConfigError, ExplainedError, WarehouseError } from "../errors.ts";
import { createExportColumns, partition } from "./columns.ts";
import { replaceFolder } from "./folder.ts";
import type { FileFormat, FormatName } from "./format.ts";
import { openParquet } from "./parquet.ts";
import { countRows, isPartitioned, listAccountsIn, readRows } from "./rows.ts";
import { csv, ndjson } from "./text.ts";

type Sqlite = ReturnType<typeof openForReading>["sqlite"];

/** What is written where. */
export interface ExportOrder {
  /** The warehouse. */
  readonly path: string;
  /** The folder, which is made or, where an export made it, replaced. */
  readonly to: string;
  readonly format: FormatName;
  /** The tables to write. */
  readonly tables: readonly DictionaryTable[];
  /** Every table that has accounts' rows, to know all accounts. */
  readonly allTables: readonly DictionaryTable[];
  /** Names of the accounts to write; empty: all. */
  readonly accounts: readonly string[];
  readonly now: () => Date;
}

/** A file that was written: its path within the folder, and what it holds. */
interface ExportedFile {
  readonly table: string;
  readonly account: string | null;
  readonly path: string;
  readonly rows: number;
}

/** What was written. */
export interface Exported {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes tables as they were last committed, all of the same moment, into a folder of files, partitioned by account. Throws a
 * WarehouseError, with the folder as it was, where that cannot be done or where a file has not as many rows as its table.
 */
export async function exportWarehouse(order: ExportOrder): Promise<Exported> {
  const format = await openFormat(order.format);
  try {
    return await exportAs(format, order);
  } finally {
    format.close();
  }
}

async function exportAs(format: FileFormat, order: ExportOrder): Promise<Exported> {
  const { sqlite, path, close } = openForReading(order.path);
  try {
    // One transaction for all tables: whatever a sync commits meanwhile is not seen.
    sqlite.exec("BEGIN");
    const accounts = chosen(listAccountsIn(sqlite, order.allTables), order.accounts);
    let files: readonly ExportedFile[] = [];
    let bytes = 0;
    await replaceFolder(order.to, likeFile(path), async (folder) => {
      files = await writeTables(sqlite, format, order.tables, accounts, folder);
      bytes = files.reduce((sum, file) => sum + statSync(join(folder, file.path)).size, 0);
      return {
        format: order.format,
        schema_version: schemaVersion(),
        exported_at: order.now().toISOString(),
        accounts,
        tables: order.tables.map((table) => described(table, files)),
        files,
      };
    });
    return { rows: files.reduce((sum, { rows }) => sum + rows, 0), bytes };
  } catch (cause) {
    throw notExported(order, cause);
  } finally {
    close();
  }
}

async function openFormat(name: FormatName): Promise<FileFormat> {
  if (name === "parquet") return openParquet();
  return name === "csv" ? csv : ndjson;
}

/** The accounts of these names, all where none is named. */
function chosen(there: readonly string[], names: readonly string[]): readonly string[] {
  if (there.length === 0) {
    throw new ConfigError("the warehouse has no account yet", { hint: "Run `sync` first." });
  }
  const unknown = names.find((name) => !there.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`the warehouse has no account "${unknown}"`, {
      hint: `There ${there.length === 1 ? "is" : "are"}: ${there.join(", ")}.`,
    });
  }
  return names.length === 0 ? there : there.filter((name) => names.includes(name));
}

/** Lets everybody who may read the warehouse look into the folder. */
function likeFile(warehouse: string): Permission {
  const { mode, uid, gid } = statSync(warehouse);
  return { mode: 0o700 | (mode & 0o666) | ((mode & 0o444) >> 2), uid, gid };
}

async function writeTables(
  sqlite: Sqlite,
  format: FileFormat,
  tables: readonly DictionaryTable[],
  accounts: readonly string[],
  folder: string,
): Promise<ExportedFile[]> {
  const files: ExportedFile[] = [];
  for (const table of tables) {
    // A file also where there are no rows: it says which columns there are.
    for (const account of isPartitioned(table) ? accounts : [undefined]) {
      const path = pathOf(table.name, account, format.ending);
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      const columns = createExportColumns(table);
      const rows = await format.write(file, columns, readRows(sqlite, table, columns, account));
      refuseOtherCount(path, rows, countRows(sqlite, table, account));
      files.push({ table: table.name, account: account ?? null, path, rows });
    }
  }
  return files;
}

function pathOf(table: string, account: string | undefined, ending: string): string {
  const file = `${table}.${ending}`;
  // Readers of such folders decode it.
  return account === undefined
    ? `${table}/${file}`
    : `${table}/${partition}=${encodeURIComponent(account)}/${file}`;
}

function refuseOtherCount(path: string, rows: number, expected: number): void {
  if (rows === expected) return;
  throw new WarehouseError(`${path} has ${rows} rows instead of ${expected}; what was there is as it was`, {
    hint: "Run `check`: it finds damage to the warehouse. If there is none, please report it.",
    cause: new Error("the counts differ"),
  });
}

function described(table: DictionaryTable, files: readonly ExportedFile[]) {
  return {
    name: table.name,
    rows: files.reduce((sum, file) => sum + (file.table === table.name ? file.rows : 0), 0),
    partitioned_by: isPartitioned(table) ? [partition] : [],
    columns: createExportColumns(table).map(({ name, type }) => ({ name, type })),
  };
}

function notExported({ path, to }: ExportOrder, cause: unknown): Error {
  if (cause instanceof ExplainedError) return cause;
  if (findSqliteHint(cause) !== undefined) return explainSqliteError(path, cause);
  return new WarehouseError(
    `cannot export ${path} to ${to}: ${cause instanceof Error ? cause.message : cause}; what was there is as it was`,
    {
      hint: "Check that the disk has room, that this user may write to the parent folder, and that the folder is not a mount point.",
      cause,
    },
  );
}
