import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./folder.ts";

// Where Linux keeps files that are in memory only.
const memory = "/dev/shm";
const enough = 1_000_000_000;

/** A new folder that is removed when the test has ended; in memory where there is room: there, to flush hundreds of files takes no time. */
export function folderInMemory(): string {
  if (!hasRoom()) return temporaryFolder();
  const folder = mkdtempSync(join(memory, "warehouse-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > enough;
  } catch {
    return false;
  }
}
