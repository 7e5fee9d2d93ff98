// Runs programs as a user who may not write to the warehouse.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

// Debian's "nobody".
export const nobody = 65_534;

/** Whether this machine lets us make mounts that only our own programs see; some containers do not. */
export const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;

const mountReadOnly = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" &&
  exec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups "$@"`;

/**
 * Runs a program to its end and gives what it printed; throws where it fails. With `mounted` this folder is on a
 * read-only mount for it.
 *
 * @param {readonly string[]} command
 * @param {{ cwd: string, mounted?: string | undefined }} options
 */
export async function asNobody([program = "", ...rest], { cwd, mounted }) {
  const [command, args, user] = mounted
    ? ["unshare", ["--mount", "sh", "-c", mountReadOnly, mounted, program, ...rest], {}]
    : [program, rest, { uid: nobody, gid: nobody }];
  const env = {
    PATH: "/usr/bin:/bin",
    LANG: "C.UTF-8",
    // Far from UTC: a driver that takes timestamps for local time is found out.
    TZ: "America/New_York",
    // The user nobody has no home folder, but isql crashes without HOME.
    HOME: cwd,
    ODBCINI: join(cwd, ".odbc.ini"),
  };
  const child = spawn(command, args, { cwd, env, ...user, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let printed = "";
  let complained = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    complained += chunk;
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  process.off("exit", kill);
  if (code !== 0)
    throw new Error(`${[program, ...rest].join(" ")}\nended with ${code}:\n${complained}${printed}`);
  return printed;
}
