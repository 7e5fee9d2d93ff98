import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const sources = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json"];
// The last file that a build writes, as old as its sources were when it began.
const built = join(root, "build/chunks.json");

/** Builds `dist` before the tests, unless nothing has changed since: none of them may run an older program than it reads. */
export default function build(): void {
  const since = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isThere = existsSync(join(root, "dist/cli.js"));
  if (isThere && newest(sources.map((name) => join(root, name))) < since) return;
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
}

/** When one of these files, or of those in these folders, was last changed, or a folder lost one. */
function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const stats = statSync(path);
      if (!stats.isDirectory()) return stats.mtimeMs;
      const inside = readdirSync(path)
        .filter((name) => name !== "node_modules")
        .map((name) => join(path, name));
      return Math.max(stats.mtimeMs, newest(inside));
    }),
  );
}
