import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/**
 * An installed program.
 *
 * @typedef {object} Program
 * @property {string} folder
 * @property {string} cli
 * @property {number} migrations How many migrations it has.
 *
 * @typedef {{ entries: { idx: number, when: number, tag: string }[] }} Journal
 */

/** The built program. */
export const thisVersion = programIn(root);

/**
 * Installs the version that may follow a program in a folder: the same program with one more migration, which makes the table
 * `customers` again as drizzle-kit does when a column changes.
 *
 * @param {string} folder
 * @param {Program} [previous]
 */
export function installNextVersion(folder, previous = thisVersion) {
  mkdirSync(folder);
  for (const name of ["dist", "migrations", "package.json"]) {
    cpSync(join(previous.folder, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  addMigration(folder);
  return programIn(folder);
}

/**
 * @param {string} folder
 * @returns {Program}
 */
function programIn(folder) {
  const { entries } = readJournal(folder);
  return { folder, cli: join(folder, "dist/cli.js"), migrations: entries.length };
}

/** @param {string} folder */
function addMigration(folder) {
  const journal = readJournal(folder);
  const last = journal.entries.at(-1);
  if (last === undefined) throw new Error("there are no migrations");
  const idx = last.idx + 1;
  const tag = `${String(idx).padStart(4, "0")}_invented`;
  const [created] =
    /CREATE TABLE `customers` \([^;]*\n\);/.exec(
      readFileSync(join(folder, "migrations/0000_warehouse.sql"), "utf8"),
    ) ?? [];
  if (created === undefined) throw new Error("the first migration does not make the table customers");
  const statements = [
    created.replace("`customers`", "`__new_customers`"),
    "INSERT INTO `__new_customers` SELECT * FROM `customers`;",
    "DROP TABLE `customers`;",
    "ALTER TABLE `__new_customers` RENAME TO `customers`;",
  ];
  writeFileSync(join(folder, "migrations", `${tag}.sql`), statements.join("--> statement-breakpoint\n"));
  const entries = [...journal.entries, { ...last, idx, when: last.when + 1, tag }];
  writeFileSync(journalIn(folder), JSON.stringify({ ...journal, entries }));
}

/**
 * @param {string} folder
 * @returns {Journal}
 */
function readJournal(folder) {
  return JSON.parse(readFileSync(journalIn(folder), "utf8"));
}

/** @param {string} folder */
function journalIn(folder) {
  return join(folder, "migrations/meta/_journal.json");
}
