import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** The migrations of this version of the program, as drizzle-kit writes them. */
export const ownMigrations = join(packageRoot, "migrations");

/** The mark of a warehouse, which databases of other programs do not have: "CMWH". */
export const applicationId = 0x434d5748;

/** Warehouses of unreleased versions have 1 to 13, and maybe more, so schema versions begin above 100 (docs/decisions/0048). */
export const lastUnreleasedVersion = 100;

/**
 * Gives the schema version of this program, which a warehouse stores as `user_version`: 101 for the first migration, one more for
 * each later one.
 */
export function schemaVersion(migrations = ownMigrations): number {
  const journal = readFileSync(join(migrations, "meta", "_journal.json"), "utf8");
  const { entries } = JSON.parse(journal) as { readonly entries: readonly unknown[] };
  return lastUnreleasedVersion + entries.length;
}
