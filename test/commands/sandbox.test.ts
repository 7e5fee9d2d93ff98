import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { run, start } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";

test("a port in use or out of range is refused with a hint and without a stack trace", async () => {
  const cwd = temporaryFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const [used, outOfRange] = await Promise.all([
    run(["sandbox", "--port", String(port)], { cwd }),
    run(["sandbox", "--port", "70000"], { cwd }),
  ]);
  expect(used).toMatchObject({ code: 2, stdout: "" });
  expect(used.stderr).toMatch(
    new RegExp(`^error: cannot listen on port ${port}: .*EADDRINUSE.*\nhint: .*--port 0 takes any free port`),
  );
  expect(outOfRange.code).toBe(2);
  expect(outOfRange.stderr).toContain("Use 0 to 65535.");
});

test("what it prints is the set-up for a sync from it, and SIGINT ends it", async () => {
  const cwd = temporaryFolder();
  const { child, ended, seen } = start(["sandbox", "--port", "0"], { cwd });
  let printed = "";
  child.stdout?.on("data", (chunk) => {
    printed += chunk;
  });
  await seen("chartmogul-warehouse sync\n");
  expect(printed).toMatch(/^An invented ChartMogul is at http:\/\/127\.0\.0\.1:\d+\/v1\./);
  const env = Object.fromEntries(
    [...printed.matchAll(/^export (\w+)=(.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  expect(Object.keys(env)).toEqual(["CHARTMOGUL_API_URL", "CHARTMOGUL_API_KEY", "CHARTMOGUL_API_KEY_TOKYO"]);
  const checked = await run(["check"], { cwd, env });
  expect(checked.code).toBe(0);
  expect(checked.stdout).toMatch(/^ok {4}account default: .*USD/m);
  expect(checked.stdout).toMatch(/^ok {4}account tokyo: .*JPY/m);

  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});
