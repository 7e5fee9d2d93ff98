import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};

/** Puts the package as it would be published into a folder, with what it depends on and nothing else. */
export function installPackage(folder: string): void {
  const modules = join(folder, "node_modules");
  const own = join(modules, "chartmogul-warehouse");
  mkdirSync(own, { recursive: true });
  packed ??= pack(folder);
  execFileSync("tar", ["-xzf", "-", "-C", own, "--strip-components=1"], { input: packed });
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(join(modules, name, ".."), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
}

/** The package as a file; it stays as it is while tests run. */
let packed: Buffer | undefined;

function pack(folder: string): Buffer {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return readFileSync(join(folder, tarball));
}

/** Compiles a script as strictly as TypeScript does by itself and gives what the compiler says. */
export function compile(folder: string, script: string): string {
  writeFileSync(join(folder, "script.ts"), script);
  const options = ["--ignoreConfig", "--strict", "--module", "nodenext", "--target", "es2023", "script.ts"];
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), options, { cwd: folder });
    return "";
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout);
  }
}
