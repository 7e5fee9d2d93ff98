import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readStats } from "./inspect.ts";

/**
 * Where a path leads through links, also where there is nothing yet: what is made there must be locked and written under the same
 * name as when it is there. Throws a WarehouseError where that cannot be seen.
 */
export function followLinks(path: string): string {
  // Refuses a circle of links.
  readStats(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? followLinks(resolve(realpathSync(dirname(path)), readlinkSync(path))) : path;
}
