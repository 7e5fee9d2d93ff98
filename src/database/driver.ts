import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Database from "better-sqlite3";
import { ConfigError } from "../errors.ts";

/** The SQLite driver that was installed for this Node: https://github.com/WiseLibs/better-sqlite3. */
export const driver = installedDriver();

const isRecent = Number.parseInt(driver.version, 10) >= 13;
const needsOlder = `Run \`npm install ${driver.name}@12\` in the folder in which this program was installed; it is compiled there, which needs python3, make and g++. In a clone of the repository run \`npm run prepare\`.`;

// From version 13 on, the driver crashes an older Node with a segmentation fault as soon as it opens a file.
if (isRecent && Number(process.versions["napi"]) < 10) {
  throw new ConfigError(
    `Node ${process.versions.node} cannot run the SQLite driver that is installed, ${driver.name} ${driver.version}`,
    { hint: `${needsOlder} Or use Node 22.14 or newer.` },
  );
}

try {
  // This loads the driver's binary, which the import does not; every command that comes here opens a file next.
  new Database(":memory:").close();
} catch (cause) {
  const reason = cause instanceof Error ? cause.message.split("\n")[0] : cause;
  throw new ConfigError(`the SQLite driver ${driver.name} ${driver.version} cannot be loaded: ${reason}`, {
    hint: isRecent
      ? needsOlder
      : "It was compiled for another Node, or not at all: install this program again (in a clone `npm ci`).",
    cause,
  });
}

/** Reads the version of SQLite that the driver contains. */
export function readSqliteVersion(): string {
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
