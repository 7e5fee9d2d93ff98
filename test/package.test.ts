import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** The paths of what a user would install. */
function packed(): string[] {
  const listed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

test("the package has the program, its migrations and docs, the library's own declarations, and nothing that only we need", () => {
  const paths = packed();
  const outside = paths.filter((path) => !/^(dist|docs)\//.test(path));
  const migrations = outside.filter((path) => /^migrations\/\d{4}_\w+\.sql$/.test(path));
  expect(migrations.sort()).toEqual(
    readdirSync(join(root, "migrations"))
      .filter((name) => name.endsWith(".sql"))
      .map((name) => `migrations/${name}`)
      .sort(),
  );
  expect(outside.filter((path) => !migrations.includes(path)).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "migrations/meta/_journal.json",
    "package.json",
  ]);
  expect(paths.filter((path) => path.endsWith(".d.ts")).sort()).toEqual([
    "dist/api/records.d.ts",
    "dist/errors.d.ts",
    "dist/functions/chartmogul.d.ts",
    "dist/index.d.ts",
  ]);
  expect(paths.filter((path) => path.startsWith("dist/") && /\.(map|ts)$|test/.test(path))).toHaveLength(4);
  expect(paths).toContain("dist/THIRD-PARTY-LICENSES.txt");
});

test("no page of the package has a link to a file that it does not have", () => {
  const paths = packed();
  const pages = paths.filter((path) => path.endsWith(".md"));
  expect(pages.length).toBeGreaterThan(4);
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = ""]) => posix.join(dirname(page), target))
      .filter((target) => !paths.includes(target))
      .map((target) => `${page}: ${target}`),
  );
  expect(dead).toEqual([]);
});

test("the package needs the SQLite driver and nothing else, and names the terms of all that is in it", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(manifest.dependencies)).toEqual(["better-sqlite3"]);
  const chunks = JSON.parse(readFileSync(join(root, "build/chunks.json"), "utf8")) as Record<
    string,
    string[]
  >;
  const bundled = new Set(
    Object.values(chunks)
      .flat()
      .flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );
  expect(bundled.size).toBeGreaterThan(0);
  const licences = readFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
  // Parts of what a report carries, which is no part of the bundle.
  for (const name of [...bundled, "@observablehq/plot", "d3", "delaunator"])
    expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
});

test.each(["package-lock.json", "scripts/driver-for-node-20/package-lock.json"])(
  "%s has the hash of every package, so that no other one can be installed in its place, and names no registry",
  (lock) => {
    const { packages } = JSON.parse(readFileSync(join(root, lock), "utf8")) as {
      packages: Record<string, { integrity?: string; resolved?: string }>;
    };
    const entries = Object.entries(packages).filter(([path]) => path !== "");
    expect(entries.length).toBeGreaterThan(30);
    const isHash = (text = "") => /^sha512-[A-Za-z0-9+/]{86}==$/.test(text);
    expect(entries.filter(([, { integrity }]) => !isHash(integrity)).map(([path]) => path)).toEqual([]);
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  },
);
