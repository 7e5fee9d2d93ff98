import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Scripts {
  /** D3 and Observable Plot, which draw the charts. */
  readonly libraries: readonly string[];
  /** What tells them which; a module. */
  readonly charts: string;
  /** Of the libraries. */
  readonly licences: readonly string[];
}

/** The scripts of a report. */
export function readScripts(): Scripts {
  const plot = rootOf(createRequire(import.meta.url).resolve("@observablehq/plot"));
  const d3 = rootOf(createRequire(join(plot, "package.json")).resolve("d3"));
  return {
    libraries: [join(d3, "dist/d3.min.js"), join(plot, "dist/plot.umd.min.js")].map(read),
    charts: read(fileURLToPath(new URL("./browser/charts.js", import.meta.url))),
    licences: [join(d3, "LICENSE"), join(plot, "LICENSE")].map(read),
  };
}

/** Both packages have their entry in `src`. */
const rootOf = (entry: string) => dirname(dirname(entry));

const read = (path: string) => readFileSync(path, "utf8");
