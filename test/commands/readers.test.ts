import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { smallWorld } from "../support/accounts.ts";
import { type SceneHere, sceneHere } from "./scene-here.ts";

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly began: number;
  readonly ended: number;
  /** What came of the second attempt, 50 ms later. */
  readonly again: string;
}

/** What a reader met that never waits for anybody. */
interface Met {
  /** Each number of invoices that it saw, when first, and how many times. */
  readonly snapshots: readonly { readonly rows: number; readonly seen: number; readonly reads: number }[];
  /** Snapshots in which two tables, or two moments, did not agree. */
  readonly torn: number;
  readonly refusals: readonly Refusal[];
}

/** Starts test/support/reader.js; the returned function stops it. */
async function reading(path: string, kind: "new" | "long"): Promise<() => Promise<Met>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../support/reader.js"), path, kind]);
  onTestFinished(() => {
    if (child.exitCode === null) child.kill("SIGKILL");
  });
  let printed = "";
  let complained = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complained += chunk;
  });
  await once(child.stderr, "data");
  return async () => {
    child.stdin.end();
    const [code] = await once(child, "close");
    expect({ code, complained }).toEqual({ code: 0, complained: "reading\n" });
    return JSON.parse(printed) as Met;
  };
}

/** A warehouse that has tables, but no invoices yet: the readers see them come. */
async function emptyButMade(): Promise<SceneHere> {
  const here = await sceneHere(smallWorld("default", 150));
  expect((await here.runHere(["sync", "--only", "plans"])).code).toBe(0);
  return here;
}

const isBusy = ({ code }: Refusal) => code.startsWith("SQLITE_BUSY");

test("readers that come and go see whole pages only, and are refused at most at the very beginning and end of a sync", async () => {
  const here = await emptyButMade();
  const stop = await reading(here.warehouse, "new");
  const ended = await here.run(["sync", "--only", "invoices"]);
  const { snapshots, torn, refusals } = await stop();

  expect(ended.code).toBe(0);
  expect(torn).toBe(0);
  expect(snapshots.length).toBeGreaterThan(3);
  expect(snapshots.at(-1)?.rows).toBe(here.worlds[0]?.invoices.length);
  // From the first page that was committed to the last one.
  const [first, last] = [snapshots[1]?.seen ?? Number.NaN, snapshots.at(-1)?.seen ?? Number.NaN];
  expect(refusals.filter(({ began, ended }) => ended >= first && began <= last)).toEqual([]);
  // At the switches a reader is refused, if at all, once, and not when it comes again.
  expect(refusals.filter((refusal) => !isBusy(refusal) || refusal.again !== "read")).toEqual([]);
  expect(refusals.length).toBeLessThan(10);
  expect(here.value("PRAGMA journal_mode")).toBe("delete");
});

test("while a sync waits for a long query to end, other readers do not wait", async () => {
  const here = await emptyButMade();
  const long = new Database(here.warehouse, { readonly: true });
  onTestFinished(() => void long.close());
  long.exec("BEGIN");
  long.prepare("SELECT count(*) FROM plans").get();
  const stop = await reading(here.warehouse, "new");
  const sync = here.start(["sync", "--only", "invoices"]);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  long.exec("COMMIT");
  long.close();
  const ended = await sync.ended;
  expect({ code: ended.code, said: ended.code === 0 ? "" : ended.stderr }).toEqual({ code: 0, said: "" });

  const { snapshots, refusals } = await stop();
  expect(snapshots.length).toBeGreaterThan(3);
  // The sync asks for the file a hundred times a second, each time for a moment, in which a reader that does not wait can come.
  expect(refusals.filter((refusal) => !isBusy(refusal))).toEqual([]);
  const reads = snapshots.reduce((sum, { reads }) => sum + reads, 0);
  expect(refusals.length).toBeLessThan(reads / 20);
});

test("connections that stay open are not refused at all once they have read from the running sync", async () => {
  const here = await emptyButMade();
  const stops = await Promise.all([reading(here.warehouse, "long"), reading(here.warehouse, "new")]);
  const ended = await here.run(["sync", "--only", "invoices"]);
  const [standing, passing] = await Promise.all(stops.map((stop) => stop()));

  expect(ended.code).toBe(0);
  for (const { snapshots, torn, refusals } of [standing, passing].flatMap((met) => met ?? [])) {
    expect(torn).toBe(0);
    expect(snapshots.at(-1)?.rows).toBe(here.worlds[0]?.invoices.length);
    const first = snapshots[1]?.seen ?? Number.NaN;
    const last = snapshots.at(-1)?.seen ?? Number.NaN;
    expect(refusals.filter(({ began, ended }) => ended >= first && began <= last)).toEqual([]);
    expect(refusals.filter((refusal) => !isBusy(refusal) || refusal.again !== "read")).toEqual([]);
  }
  // The readers kept the log in use; the next sync puts the file back into its one piece.
  expect((await here.runHere(["sync", "--only", "plans"])).code).toBe(0);
  expect(here.value("PRAGMA journal_mode")).toBe("delete");
});
