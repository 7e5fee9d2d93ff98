import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decideExitCode } from "../../src/commands/failure.ts";
import { ConfigError, WarehouseError } from "../../src/errors.ts";
import type { Scene } from "./scene.ts";
import { syncedScene } from "./scene-here.ts";

const cli = join(import.meta.dirname, "../../dist/cli.js");

/** Whether this machine lets us make a small disk that only our own program sees; some containers do not. */
const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;

/** Runs a command in a folder on a disk of its own, of this size, with this many kibibytes free. */
function onDisk(here: Scene, options: string, kibibytes: number, args: readonly string[]) {
  const folder = join(here.folder, "disk");
  mkdirSync(folder, { recursive: true });
  const script = `mount -t tmpfs -o ${options} tmpfs "$0" && cd "$0" &&
    { head -c ${kibibytes * 1024} /dev/zero > room; cat /dev/zero > rest; ${kibibytes === 0 ? ":" : "rm room"}; } 2>/dev/null; exec "$@"`;
  const env = { PATH: process.env["PATH"], WAREHOUSE_PATH: here.warehouse };
  const program = [process.execPath, cli, ...args];
  const { status, stderr } = spawnSync("unshare", ["--mount", "sh", "-c", script, folder, ...program], {
    encoding: "utf8",
    env,
  });
  return { code: status, stderr };
}

const commands = [
  ["report", "--output", "report.html"],
  ["export", "--to", "csv", "--format", "csv"],
  ["export", "--to", "parquet"],
  ["publish", "--output", "copy.db"],
  ["demo"],
];

test.skipIf(!canMount).each([
  ["full but for 40 KB", "size=1m", 40],
  ["full", "size=1m", 0],
  ["without room for another file", "size=1m,nr_inodes=3", 0],
])(
  "on a disk that is %s every command ends with 1 and says so",
  async (_, options, kibibytes) => {
    const here = await syncedScene();
    for (const args of commands) {
      const { code, stderr } = onDisk(here, options, kibibytes, args);
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(stderr).toMatch(/^error: .*\n(hint|.*\nhint): {2}.*(disk is full|has room|MB of disk space)/m);
      expect(stderr).not.toMatch(/please report/);
    }
  },
  60_000,
);

test("a report that may not grow so large ends with 1", async () => {
  const here = await syncedScene();
  const { code, stdout, stderr } = await here.run(["report"], {}, { kibibytes: 100 });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: cannot write "report\.html": .*\nhint: {2}The disk is full/);
});

test.each(["ENOSPC", "EDQUOT", "EFBIG", "EIO"])(
  "%s is not wrong usage, whichever command meets it",
  (code) => {
    const cause = Object.assign(new Error(code), { code });
    for (const Kind of [ConfigError, WarehouseError]) {
      expect(decideExitCode(new Kind("cannot write it", { cause }))).toBe(1);
    }
  },
);

test.each(["EACCES", "EROFS", "ENOENT", "EISDIR"])("%s of what was named is wrong usage", (code) => {
  const cause = Object.assign(new Error(code), { code });
  expect(decideExitCode(new ConfigError("cannot write it", { cause }))).toBe(2);
});
