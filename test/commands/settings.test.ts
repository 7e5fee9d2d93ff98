import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { openChartmogul } from "../../src/index.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

const misspelt = { SYNC_CHRON: "hush-hush", LOG_DIR: "hush-hush" };

test("a misspelt setting is named once on standard error, and the output of the command stays the same", async () => {
  const { runHere, folder } = await syncedScene({ only: ["plans"] });
  writeFileSync(join(folder, ".env"), "CHARTMOGUL_API_KEY hush-hush\n");
  for (const args of [["query", "SELECT 1 AS one", "--format", "json"], ["check"], ["verify"]]) {
    const plain = await runHere(args);
    const warned = await runHere(args, misspelt);
    expect({ ...warned, stderr: "" }).toEqual({ ...plain, stderr: "" });
    const lines = warned.stderr.split("\n").filter((line) => / WARN | warn /.test(line));
    expect(lines.map((line) => line.replace(/^\S+ warn +/, ""))).toEqual([
      "line 1 of .env is not NAME=value and has no effect",
      "SYNC_CHRON is not a setting and has no effect; the nearest setting is SYNC_CRON",
      "LOG_DIR is not a setting and has no effect; the nearest setting is LOG_LEVEL",
    ]);
    expect(warned.stderr).not.toContain("hush");
  }
});

test("as JSON the warning is an object like every other line, and LOG_LEVEL=error leaves it out", async () => {
  const { runHere } = await sceneHere();
  const { stderr } = await runHere(["check"], { ...misspelt, LOG_FORMAT: "json" });
  expect(
    stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { level: "warn", message: expect.stringContaining("SYNC_CHRON") },
    { level: "warn", message: expect.stringContaining("LOG_DIR") },
  ]);
  expect(await runHere(["check"], { ...misspelt, LOG_LEVEL: "error" })).toMatchObject({ stderr: "" });
});

test("a misspelt name of the key is reported before the missing key", async () => {
  const { runHere } = await sceneHere();
  const { code, stderr } = await runHere(["sync"], {
    CHARTMOGUL_API_KEY: "",
    CHARTMOGUL_APIKEY: "hush-hush",
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /CHARTMOGUL_APIKEY .* nearest setting is CHARTMOGUL_API_KEY\nerror: no API key is set/,
  );
});

test("the library warns as Node does, once", async () => {
  process.env["SYNC_CHRON"] = "hush-hush";
  try {
    const warned: string[] = [];
    const hear = (warning: Error) => warned.push(warning.message);
    process.on("warning", hear);
    for (const { close } of [openChartmogul(), openChartmogul()]) close();
    await setImmediate();
    process.off("warning", hear);
    expect(warned.filter((warning) => warning.startsWith("SYNC_CHRON is not a setting"))).toHaveLength(1);
    expect(warned.join()).not.toContain("hush-hush");
  } finally {
    delete process.env["SYNC_CHRON"];
  }
});
