import { readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";

/** The running processes that a process has started. */
export function childrenOf(processId: number | null): number[] {
  const text = readProcessFile(processId, `task/${processId}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

/** A file of Linux about a process; empty where it has ended. */
function readProcessFile(processId: number | null, file: string): string {
  try {
    return readFileSync(`/proc/${processId}/${file}`, "utf8");
  } catch {
    return "";
  }
}

interface Taken {
  /** The most memory that one of them took, in MB. */
  readonly peak: number;
  /** How much data the last of them may have, in bytes. */
  readonly limit: number;
}

/** Looks at the programs that a process starts until it is asked what they took. */
export function watchChildrenOf(processId: number | null): () => Promise<Taken> {
  let [peak, limit, isOver] = [0, 0, false];
  const look = async () => {
    while (!isOver) {
      for (const child of childrenOf(processId)) {
        const [, kilobytes = 0] = /VmHWM:\s+(\d+)/.exec(readProcessFile(child, "status")) ?? [];
        peak = Math.max(peak, Number(kilobytes) / 1000);
        limit = Number(/Max data size\s+(\d+)/.exec(readProcessFile(child, "limits"))?.[1] ?? limit);
      }
      await after(3);
    }
  };
  const looking = look();
  return async () => {
    isOver = true;
    await looking;
    return { peak, limit };
  };
}
