import { statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Permissions do not apply to root: there, commands that must meet them run as this user. Undefined where the tests do not run as root. */
export const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

/** Whether nobody may come to the program at all. */
export const reachable =
  nobody === undefined ||
  foldersOf(join(import.meta.dirname, "../..")).every((folder) => (statSync(folder).mode & 0o005) === 0o005);

function foldersOf(path: string): string[] {
  return path === dirname(path) ? [path] : [path, ...foldersOf(dirname(path))];
}
