import { type Caller, createCaller } from "../../src/functions/caller.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { connectTo } from "./accounts.ts";

type Connection = NonNullable<Parameters<typeof connectTo>[2]>;

/** A caller of the read functions: of this warehouse, and of every account that the sandbox serves, on the day of the first sync or another. */
export function asking(path: string, sandbox: Sandbox, connection: Connection = {}, day?: Date): Caller {
  const clients = sandbox.worlds.map((world) => ({
    name: world.name,
    api: connectTo(sandbox, world, connection),
  }));
  return createCaller({ path, clients, now: () => day ?? clients[0]?.api.now() ?? new Date() });
}
