import { schemaVersion } from "../database/schema-version.ts";
import { ownVersion } from "../package-root.ts";
import type { Terminal } from "./terminal.ts";

/** Prints one line for a bug report: the versions of this program, Node, SQLite, its driver, and the schema of warehouses. */
export async function printVersion({ print }: Terminal): Promise<void> {
  const { node } = process.versions;
  print(`chartmogul-warehouse ${ownVersion()} (Node ${node}, ${await sqlite()}, schema ${schemaVersion()})`);
}

/** Without a usable driver, the reason belongs in the bug report. */
async function sqlite(): Promise<string> {
  try {
    const { driver, readSqliteVersion } = await import("../database/driver.ts");
    return `SQLite ${readSqliteVersion()}, ${driver.name} ${driver.version}`;
  } catch (error) {
    return `no SQLite: ${error instanceof Error ? error.message : error}`;
  }
}
