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

/** The ways in which a program may be set up that imports the package. */
const setups = {
  "script.ts": ["--module", "nodenext"],
  "script.cts": ["--module", "nodenext"],
  "bundled.ts": ["--module", "esnext", "--moduleResolution", "bundler"],
};

/** Compiles a script as strictly as its author may wish, the package's declarations with it, and gives what the compiler says. */
export function compile(folder: string, script: string, name: keyof typeof setups = "script.ts"): string {
  writeFileSync(join(folder, name), script);
  const strict = ["--ignoreConfig", "--strict", "--skipLibCheck", "false", "--declaration"];
  return ["false", "true"]
    .map((exact) => {
      const options = [...strict, "--exactOptionalPropertyTypes", exact, ...setups[name]];
      return tsc(folder, [...options, "--target", "es2023", name]);
    })
    .join("");
}

function tsc(folder: string, args: readonly string[]): string {
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), args, { cwd: folder });
    return "";
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout);
  }
}
