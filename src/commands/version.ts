import { ownVersion } from "../package-root.ts";
import { driver, sqliteVersion } from "../warehouse/driver.ts";
import { schemaVersion } from "../warehouse/schema-version.ts";

/** What runs here, in a line for a bug report: this program, Node, SQLite, its driver, and the schema of the warehouses it writes. */
export function versionLine(): string {
  return `chartmogul-warehouse ${ownVersion()} (Node ${process.versions.node}, SQLite ${sqliteVersion()}, ${driver.name} ${driver.version}, schema ${schemaVersion()})`;
}
