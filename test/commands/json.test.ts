import { expect, test } from "vitest";
import { jsonFields } from "../../src/commands/changes/json.ts";
import { functions } from "../../src/functions/index.ts";
import { tiny } from "./scene.ts";
import { sceneHere } from "./scene-here.ts";

/** All keys of a JSON value, at every depth. */
function keysIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => [key, ...keysIn(inside)]);
}

test("every key of JSON that a command prints is spelled as columns are, and help lists those of changes", async () => {
  const { runHere } = await sceneHere(tiny());
  const print = async (...args: string[]): Promise<unknown> => {
    const { stdout, stderr } = await runHere(args);
    expect(stdout, `${args}: ${stderr}`).not.toBe("");
    return JSON.parse(stdout);
  };
  await print("sync", "--json");
  // The second sync of a resource may have more to say of it.
  const printed = [
    await print("sync", "--json"),
    await print("status", "--json"),
    await print("verify", "--json"),
    await print("rebuild", "--json", "--resource", "plans"),
    await print("tables", "--json"),
    await print("tables", "customers", "--json"),
  ];
  const changes = (await print("changes", "--json")) as { accounts: Record<string, unknown>[] };
  const odd = keysIn([printed, changes]).filter((key) => !/^[a-z]+(_[a-z]+)*$/.test(key));
  expect(odd).toEqual([]);
  const listed = [...jsonFields.matchAll(/^ {2}(\w+(?:, \w+)*) /gm)].flatMap(([, names = ""]) =>
    names.split(", "),
  );
  const [account = {}] = changes.accounts;
  expect(
    Object.keys(account)
      .filter((key) => !["account", "currency"].includes(key))
      .sort(),
  ).toEqual(listed.sort());
  expect(Object.keys(functions).filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([]);
});
