import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readStats } from "./inspect.ts";

/**
 * Follows a path through its links, even to a file that does not exist yet. A new file must be locked and written under the same
 * name as an existing one. Throws a WarehouseError where the path cannot be followed.
 */
export function followLinks(path: string): string {
  // This refuses a circle of links.
  readStats(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? followLinks(resolve(realpathSync(dirname(path)), readlinkSync(path))) : path;
}
