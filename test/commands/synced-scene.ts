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
  const name = JSON.stringify([
    worlds.map(({ name, key, customers }) => [name, key, customers.length]),
    only,
  ]);
  const file = files.get(name);
  if (file) writeFileSync(fresh.warehouse, file);
  else {
    const args = only.flatMap((resource) => ["--only", resource]);
    const { code, stderr } = await runWithin(syncCommand, args, {
      cwd: fresh.folder,
      env: fresh.environment,
    });
    if (code !== 0) throw new Error(stderr);
    files.set(name, readFileSync(fresh.warehouse));
  }
  return fresh;
}
