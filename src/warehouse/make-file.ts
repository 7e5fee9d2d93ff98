import { closeSync, existsSync, openSync } from "node:fs";

/** Makes an empty file for SQLite where there is none: by itself it would let nobody but the owner write to it, whatever the umask. */
export function makeFile(path: string): void {
  if (existsSync(path)) return;
  try {
    closeSync(openSync(path, "a"));
  } catch {
    // SQLite meets the same and says it in its own words.
  }
}
