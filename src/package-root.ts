import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of this package. The build puts all files directly into `dist`, as this file is directly in `src`. */
export const packageRoot = fileURLToPath(new URL("..", import.meta.url));

/** The version of this program. */
export function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
