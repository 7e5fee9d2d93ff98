import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { World } from "../../src/sandbox/world.ts";
import type { Ended } from "../support/cli.ts";
import { runHere } from "../support/run-here.ts";
import { type Scene, scene, tiny } from "./scene.ts";

/** A scene whose commands can also be run in this process, which is quicker. */
export interface SceneHere extends Scene {
  /** Runs a command to its end as `run` does, without starting a process. */
  runHere(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

export async function sceneHere(...worlds: World[]): Promise<SceneHere> {
  const own = await scene(...worlds);
  // Who waits for a turn to ask waits at least a millisecond.
  const environment = { ...own.environment, CHARTMOGUL_REQUESTS_PER_SECOND: "10000" };
  return {
    ...own,
    runHere: (args, env) => runHere(args, { cwd: own.folder, env: { ...environment, ...env } }),
  };
}

interface Synced {
  /** The names of the accounts, all of them tiny. */
  readonly accounts?: readonly string[];
  /** The accounts themselves, where they are others. */
  readonly worlds?: readonly World[];
  /** The resources that are synced; by default all. */
  readonly only?: readonly string[];
}

const files = new Map<string, Buffer>();

/** A scene that was synced. An account of the same name is invented the same every time, so that one sync serves many tests. */
export async function syncedScene({
  accounts = ["default"],
  worlds = accounts.map((name) => tiny(name)),
  only = [],
}: Synced = {}): Promise<SceneHere> {
  const own = await sceneHere(...worlds);
  const args = ["sync", ...only.flatMap((resource) => ["--only", resource])];
  const setting = JSON.stringify([worlds, args], (_, value) => (value instanceof Map ? [...value] : value));
  const file = files.get(setting);
  if (file !== undefined) writeFileSync(own.warehouse, file);
  else {
    expect(await own.runHere(args)).toMatchObject({ code: 0 });
    files.set(setting, readFileSync(own.warehouse));
  }
  return own;
}
