import { WarehouseError } from "../errors.ts";
import Database from "./driver.ts";
import { unusable } from "./unusable.ts";

const linesShown = 3;

/**
 * Reads every page of the file and compares tables with their indexes: some seconds for each gigabyte. Throws a WarehouseError
 * with the first faults, or where the file cannot be read.
 */
export function refuseDamage(path: string): void {
  let faults: unknown[];
  try {
    const sqlite = new Database(path, { readonly: true, timeout: 5000 });
    try {
      faults = sqlite
        .prepare(`PRAGMA integrity_check(${linesShown + 1})`)
        .pluck()
        .all();
    } finally {
      sqlite.close();
    }
  } catch (cause) {
    throw unusable(path, cause);
  }
  if (faults.length === 1 && faults[0] === "ok") return;
  // SQLite may put several faults into one value.
  const lines = faults.flatMap((fault) => String(fault).split("\n"));
  const more = lines.length > linesShown ? "; …" : "";
  throw new WarehouseError(`${path} is damaged: ${lines.slice(0, linesShown).join("; ")}${more}`, {
    hint: "Keep the file, and restore a copy or sync into a new one (WAREHOUSE_PATH). Check the disk.",
  });
}
