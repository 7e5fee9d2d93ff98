import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Keeps all files and folders of a folder, with their permissions; the returned function puts them into another one. */
export function keepFiles(folder: string): (into: string) => void {
  const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
    const path = join(folder, name);
    const stats = statSync(path);
    return { name, mode: stats.mode & 0o777, bytes: stats.isFile() ? readFileSync(path) : undefined };
  });
  return (into) => {
    for (const { name, mode, bytes } of kept) {
      const path = join(into, name);
      if (bytes === undefined) mkdirSync(path);
      else writeFileSync(path, bytes);
      chmodSync(path, mode);
    }
  };
}
