import { closeSync, fsyncSync, openSync, statSync } from "node:fs";

/** Waits until a file, or the names in a folder, would outlive a power cut. */
export function flush(path: string): void {
  // Windows cannot flush a folder.
  if (process.platform === "win32" && statSync(path).isDirectory()) return;
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
