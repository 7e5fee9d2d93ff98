import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { openWarehouse, type Warehouse } from "../../src/database/open.ts";
import { InterruptedError } from "../../src/errors.ts";
import { dailyMetrics } from "../../src/resources/daily-metrics.ts";
import type { Findings, Verification } from "../../src/verify/findings.ts";
import { verifyReceived } from "../../src/verify/received.ts";
import { connectTo, serve, smallWorld } from "../support/accounts.ts";
import { newWarehouse, syncInto } from "../support/syncing.ts";

// As many as are looked at in one transaction.
const atOnce = 500;

/** A warehouse with more days than that, open as it is while a sync runs, and a verification that collects its findings. */
async function manyDays(pause: (writer: Warehouse) => void) {
  const world = smallWorld("default", 12);
  const path = newWarehouse();
  await syncInto(path, { default: connectTo(await serve(world), world) }, { only: ["daily_metrics"] });
  const writer = openWarehouse(path);
  const sqlite = new Database(path, { readonly: true });
  onTestFinished(() => {
    sqlite.close();
    writer.close();
  });
  const days = Number(sqlite.prepare("SELECT count(*) FROM raw_records").pluck().get());
  expect(days).toBeGreaterThan(atOnce);
  const found: string[] = [];
  const collect = (_subject: string, text: string) => void found.push(text);
  const report: Findings = { ok: collect, warning: collect, fault: collect };
  const verification: Verification = {
    warehouse: { ...writer, sqlite },
    account: "default",
    report,
    pause: async () => pause(writer),
  };
  return { days, found, verification };
}

describe("the comparison with what was received", () => {
  test("lets a sync write and empty its log meanwhile, and is right all the same", async () => {
    const busy: unknown[] = [];
    const { days, found, verification } = await manyDays(({ sqlite }) => {
      sqlite.exec("UPDATE sync_runs SET process_id = process_id + 1");
      const [checkpoint] = sqlite.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
      busy.push(checkpoint?.busy);
    });
    await verifyReceived(verification, dailyMetrics);
    expect(found).toEqual([`${days} records stored as received, 0 of them deleted`]);
    expect(busy).toEqual([0, 0, 0]);
  });

  test("ends at the next pause once it was stopped", async () => {
    let pauses = 0;
    const { found, verification } = await manyDays(() => {
      pauses += 1;
      throw new InterruptedError();
    });
    await expect(verifyReceived(verification, dailyMetrics)).rejects.toThrow(InterruptedError);
    expect(pauses).toBe(1);
    expect(found).toEqual([]);
  });
});
