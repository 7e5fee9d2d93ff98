import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Database from "better-sqlite3";
import { ConfigError } from "../errors.ts";

/** The SQLite driver that was installed for this Node: https://github.com/WiseLibs/better-sqlite3. */
export const driver = installedDriver();

// From version 13 on it ends an older Node with a segmentation fault as soon as it opens a file.
if (Number.parseInt(driver.version, 10) >= 13 && Number(process.versions["napi"]) < 10) {
  throw new ConfigError(
    `Node ${process.versions.node} cannot run ${driver.name} ${driver.version}, which is installed beside this program`,
    {
      hint: `Run \`npm install ${driver.name}@12\` where it is installed (in a clone of its repository \`npm run prepare\`), or use Node 22.14 or newer.`,
    },
  );
}

/** The version of SQLite that the driver brings along. */
export function sqliteVersion(): string {
  const memory = new Database(":memory:");
  try {
    return String(memory.prepare("SELECT sqlite_version()").pluck().get());
  } finally {
    memory.close();
  }
}

function installedDriver(): { readonly name: string; readonly version: string } {
  const manifest = createRequire(import.meta.url).resolve("better-sqlite3/package.json");
  return JSON.parse(readFileSync(manifest, "utf8")) as { name: string; version: string };
}

export default Database;
