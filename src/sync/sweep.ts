import { hash } from "node:crypto";
import type { Resource } from "../resource.ts";
import { confirmedSince, pastWalks } from "../warehouse/runs.ts";
import { timestamp } from "../warehouse/timestamp.ts";
import type { Run } from "./run.ts";

/**
 * Which listings of single records are read although nothing says that they have changed. Each has its own instant in a cycle as long
 * as the oldest may become, so that every sync reads the part of them whose instant has come since the last one: nothing needs
 * to be remembered, a missed night is made up for, and the load is even.
 */
export interface Sweep {
  /** False where every listing is read. */
  readonly isPartial: boolean;
  isDue(parent: string): boolean;
  /** From when on everything stored was read, if the walk that began at this timestamp comes to its end. */
  confirmedSince(startedAt: string): string;
}

const day = 86_400_000;
// So that a sync that begins some minutes later than the one a cycle ago is not too late.
const almost = 0.99;

const whole: Sweep = { isPartial: false, isDue: () => true, confirmedSince: (startedAt) => startedAt };

export function sweepOf({ warehouse, account, rules, now }: Run, resource: Resource): Sweep {
  const { listingMaxAgeDays } = rules.shortcuts;
  const { lastWhole } = pastWalks(warehouse, account, resource.name);
  const mayLeaveOut = resource.staleParents !== undefined && listingMaxAgeDays > 1;
  if (!mayLeaveOut || rules.full || lastWhole === undefined) return whole;
  const cycle = listingMaxAgeDays * day * almost;
  const [before, present] = [Date.parse(`${lastWhole.replace(" ", "T")}Z`), now().getTime()];
  return {
    isPartial: true,
    isDue(parent) {
      const phase = cycle * shareOf(parent);
      return Math.floor((present - phase) / cycle) > Math.floor((before - phase) / cycle);
    },
    confirmedSince: (startedAt) =>
      confirmedSince(warehouse, account, resource.name, timestamp(new Date(present - cycle))) ?? startedAt,
  };
}

/** A number from 0 to 1 that is always the same for a key and evenly spread over keys. */
function shareOf(key: string): number {
  return hash("sha256", key, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
