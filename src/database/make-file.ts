import { closeSync, existsSync, openSync } from "node:fs";
import { WarehouseError } from "../errors.ts";
import { findDiskHint } from "./sqlite-errors.ts";

/**
 * Makes an empty file for SQLite where there is none. SQLite itself would let nobody but the owner write to it, whatever the
 * umask, and would not say that the disk has no room. Throws a WarehouseError where the disk has no room or fails.
 */
export function makeFile(path: string): void {
  if (existsSync(path)) return;
  try {
    closeSync(openSync(path, "a"));
  } catch (cause) {
    const hint = findDiskHint(cause);
    // SQLite meets all other errors as well, and reports them in its own words.
    if (hint === undefined) return;
    throw new WarehouseError(`cannot make ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      hint,
      cause,
    });
  }
}
