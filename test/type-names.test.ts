import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");

// As a reader would find them: `interface Name`, `type Name` or `class Name` at the beginning of a line.
const declaration = /^(?:export )?(?:interface|type|class) (\w+)/gm;

test("a type's name has one meaning: no two files of src declare a type of the same name", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const filesOf = new Map<string, Set<string>>();
  for (const file of files) {
    for (const [, name = ""] of readFileSync(join(src, file), "utf8").matchAll(declaration)) {
      filesOf.set(name, (filesOf.get(name) ?? new Set()).add(file));
    }
  }
  expect(filesOf.size).toBeGreaterThan(300);
  const twice = [...filesOf].filter(([, declaring]) => declaring.size > 1);
  expect(twice.map(([name, declaring]) => `${name}: ${[...declaring].join(", ")}`)).toEqual([]);
});
