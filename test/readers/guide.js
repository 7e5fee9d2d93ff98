// The blocks of docs/reading.md, used as a reader would: `sh` blocks are run, one whose first line is a comment with the
// name of a file becomes that file.
import { chownSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nobody } from "./as-nobody.js";

const page = readFileSync(join(import.meta.dirname, "../../docs/reading.md"), "utf8");
const writtenPath = "/srv/chartmogul/warehouse.db";

/**
 * Writes the files of the page into a folder of the user nobody. Gives the commands of each section, for this warehouse.
 *
 * @param {string} folder
 * @param {string} warehouse
 */
export function takeSteps(folder, warehouse) {
  const sections = page.split(/^## /m).slice(1);
  return sections.flatMap((section) => {
    const title = section.slice(0, section.indexOf("\n"));
    /** @type {string[]} */
    const commands = [];
    for (const [, language, block = ""] of section.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
      const text = block.replaceAll(writtenPath, warehouse);
      const [, name] = /^(?:\/\/|#|;) ([.\w]+)/.exec(text) ?? [];
      if (language === "sh") {
        commands.push(text);
        continue;
      }
      if (name === undefined) throw new Error(`docs/reading.md: a block under ${title} has no file name`);
      writeFileSync(join(folder, name), text);
      chownSync(join(folder, name), nobody, nobody);
    }
    return commands.map((command) => ({ title, command }));
  });
}
