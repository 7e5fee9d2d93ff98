import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

interface Scripts {
  /** D3 and Observable Plot, which draw the charts. */
  readonly libraries: readonly string[];
  /** What tells them which; a module. */
  readonly charts: string;
  /** Of the libraries. */
  readonly licences: readonly string[];
}

/** The scripts of a report, as `scripts/build.js` puts them beside the program. */
export function readScripts(): Scripts {
  const read = (name: string) => readFileSync(join(packageRoot, "dist/report", name), "utf8");
  return {
    libraries: ["d3.js", "plot.js"].map(read),
    charts: read("charts.js"),
    licences: ["d3.LICENSE", "plot.LICENSE"].map(read),
  };
}
