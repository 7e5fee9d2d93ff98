// Writes a migration for what has changed in the tables: drizzle-kit's, with one thing that drizzle cannot say added to it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resources } from "#build/resources/index.js";
import { getShape } from "#build/schema/table.js";

const folder = "migrations";
const before = new Set(existsSync(folder) ? readdirSync(folder) : []);

const { status } = spawnSync("drizzle-kit", ["generate", ...process.argv.slice(2)], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

// Children that are read with their parent lie next to each other in the file (docs/decisions/0004).
const clustered = resources
  .flatMap(({ table, children }) => [table, ...children.map((child) => child.table)])
  .map(getShape)
  .filter((table) => table.clustered)
  .map(({ name }) => name);
const created = new RegExp(`(CREATE TABLE \`(?:__new_)?(?:${clustered.join("|")})\` \\([^;]*?\\n\\));`, "g");

for (const file of readdirSync(folder).filter((file) => file.endsWith(".sql") && !before.has(file))) {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, "utf8").replace(created, "$1 WITHOUT ROWID;"));
}
