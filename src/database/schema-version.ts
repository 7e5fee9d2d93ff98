import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** The migrations of this version of the program, as drizzle-kit writes them. */
export const ownMigrations = join(packageRoot, "migrations");

/** What tells a warehouse from the databases of other programs: "CMWH". */
export const applicationId = 0x434d5748;

/** How many migrations this version of the program knows; a warehouse carries it as `user_version`. */
export function schemaVersion(migrations = ownMigrations): number {
  const journal = readFileSync(join(migrations, "meta", "_journal.json"), "utf8");
  return (JSON.parse(journal) as { readonly entries: readonly unknown[] }).entries.length;
}
