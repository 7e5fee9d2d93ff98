import { expect, test } from "vitest";
import { tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

test("an unknown resource, an unknown key and an unknown account are told with what there is", async () => {
  const { run, runHere } = await syncedScene({ only: ["plans"] });
  const [resource, key, account] = await Promise.all([
    run(["raw", "plan", "pl_1"]),
    runHere(["raw", "plans", "pl_nobody"]),
    runHere(["raw", "plans", "pl_nobody", "--account", "harbor"]),
  ]);
  for (const { code, stdout, stderr } of [resource, key, account]) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  }
  expect(resource.stderr).toMatch(
    /there is no resource "plan"\nhint: {2}There are: account, data_sources, plans, plan_groups/,
  );
  expect(key.stderr).toContain("there is no record pl_nobody of plans");
  expect(account.stderr).toContain("there is no record pl_nobody of plans in account harbor");
  const [, suggested = ""] = /query "(.+)"$/m.exec(key.stderr) ?? [];
  expect((await runHere(["query", suggested])).stdout).toContain("pl_");
});

test("a record comes back as ChartMogul sent it, with fields that no column has", async () => {
  const world = tiny();
  const [plan] = world.plans;
  if (!plan) throw new Error("a world without plans");
  Object.assign(plan, { colour: { of: "the jar", code: [1, null, "ü"] } });
  const { run, runHere, url } = await sceneHere(world);
  expect((await runHere(["sync", "--only", "plans", "--only", "account"])).code).toBe(0);

  const sent = async (path: string): Promise<unknown> => {
    const authorization = `Basic ${Buffer.from(`${world.key}:`).toString("base64")}`;
    return (await fetch(`${url}${path}`, { headers: { authorization } })).json();
  };
  const [byKey, single] = await Promise.all([run(["raw", "plans", plan.uuid]), runHere(["raw", "account"])]);
  expect(byKey.code).toBe(0);
  expect(JSON.parse(byKey.stdout)).toEqual(await sent(`/plans/${plan.uuid}`));
  expect(byKey.stdout).toContain('"colour": {');
  expect(single.code).toBe(0);
  expect(JSON.parse(single.stdout)).toMatchObject((await sent("/account")) as object);
});

test("a key that two accounts have asks for --account and then prints that account's record", async () => {
  const worlds = [tiny(), tiny("harbor")];
  for (const { name, plans } of worlds)
    Object.assign(plans[0] ?? {}, { uuid: "pl_shared", name: `of ${name}` });
  const { runHere } = await sceneHere(...worlds);
  expect((await runHere(["sync", "--only", "plans"])).code).toBe(0);
  const [both, one] = await Promise.all([
    runHere(["raw", "plans", "pl_shared"]),
    runHere(["raw", "plans", "pl_shared", "--account", "harbor"]),
  ]);
  expect(both).toMatchObject({ code: 2, stdout: "" });
  expect(both.stderr).toBe(
    "error: plans pl_shared is in default, harbor\nhint:  Choose one with --account.\n",
  );
  expect(one.code).toBe(0);
  expect(JSON.parse(one.stdout)).toMatchObject({ uuid: "pl_shared", name: "of harbor" });
});
