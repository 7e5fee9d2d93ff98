import { WarehouseError } from "../errors.ts";
import Database from "./driver.ts";
import { hasContent, inspectWarehouse } from "./inspect.ts";
import { ownMigrations, schemaVersion } from "./schema-version.ts";
import { explainSqliteError } from "./sqlite-errors.ts";

/** An open warehouse file, for plain SQL. */
export interface WarehouseFile {
  readonly path: string;
  readonly sqlite: Database.Database;
  close(): void;
}

/** Throws a WarehouseError where there is no warehouse yet. */
export function requireWarehouse(path: string): void {
  if (hasContent(path)) return;
  throw new WarehouseError(`there is no warehouse at ${path}`, {
    hint: "Run `sync` first, or set WAREHOUSE_PATH to where it is.",
  });
}

/**
 * Opens an existing warehouse for reading only. Loads no more than the driver: a query must not wait for modules that only a sync
 * needs.
 */
export function openReadOnly(path: string, migrations = ownMigrations): WarehouseFile {
  requireWarehouse(path);
  const newest = schemaVersion(migrations);
  if (inspectWarehouse(path, newest) < newest) {
    throw new WarehouseError(`the warehouse ${path} was written by an older version`, {
      hint: "Run `sync` once: it brings the tables up to date.",
    });
  }
  const sqlite = openFile(path, { readonly: true });
  return { path, sqlite, close: () => sqlite.close() };
}

/** Opens the file, whatever its content. Throws a WarehouseError where SQLite cannot open it. */
export function openFile(path: string, options: Database.Options): Database.Database {
  try {
    return new Database(path, { timeout: 5000, ...options });
  } catch (cause) {
    throw explainSqliteError(path, cause);
  }
}
