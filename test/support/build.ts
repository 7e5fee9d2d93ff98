import { execFileSync } from "node:child_process";

/** Builds `dist` before the tests, so that none of them runs an older program than it reads. */
export default function build(): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
