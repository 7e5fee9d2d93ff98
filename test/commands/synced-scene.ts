import { readFileSync, writeFileSync } from "node:fs";
import { syncCommand } from "../../src/commands/sync.ts";
import type { World } from "../../src/sandbox/world.ts";
import { runWithin } from "../support/within.ts";
import { type Scene, scene, tiny } from "./scene.ts";

// The same account is invented the same every time, so that one sync of it serves all tests of a file.
const files = new Map<string, Buffer>();

/** A scene of which everything, or these resources, was synced in good order. */
export async function syncedScene(
  worlds: readonly World[] = [tiny()],
  only: readonly string[] = [],
): Promise<Scene> {
  const fresh = await scene(...worlds);
  const held = JSON.stringify([worlds, only], (_, value) => (value instanceof Map ? [...value] : value));
  const file = files.get(held);
  if (file) writeFileSync(fresh.warehouse, file);
  else {
    const args = only.flatMap((resource) => ["--only", resource]);
    const { code, stderr } = await runWithin(syncCommand, args, {
      cwd: fresh.folder,
      env: fresh.environment,
    });
    if (code !== 0) throw new Error(stderr);
    files.set(held, readFileSync(fresh.warehouse));
  }
  return fresh;
}
