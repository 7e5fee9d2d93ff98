import { expect, test } from "vitest";
import { tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

test("an unknown resource and an unknown account are wrong usage, and the error lists the known ones", async () => {
  const { run, runHere } = await syncedScene({ only: ["plans"] });
  const [resource, account] = await Promise.all([
    run(["raw", "plan", "pl_1"]),
    runHere(["raw", "plans", "pl_nobody", "--account", "harbor"]),
  ]);
  for (const end of [resource, account]) expect(end).toMatchObject({ code: 2, stdout: "" });
  expect(resource.stderr).toMatch(
    /^error: there is no resource "plan"\nhint: {2}There are: account, data_sources, plans, plan_groups/,
  );
  expect(account.stderr).toBe(
    'error: there is no account "harbor" in the warehouse\nhint:  There are: default.\n',
  );
});

test("raw and call end alike where there is no such record: exit code 1, the record and the account, a hint", async () => {
  const { run, runHere } = await syncedScene();
  const [called, ...raw] = await Promise.all([
    runHere(["call", "get_customer", "--id", "cus_nobody"]),
    runHere(["raw", "customers", "cus_nobody", "--account", "default"]),
    run(["raw", "customers", "cus_nobody"]),
    runHere(["raw", "customers"]),
  ]);
  for (const end of [called, ...raw]) expect(end).toMatchObject({ code: 1, stdout: "" });
  expect(called.stderr).toMatch(
    /^error: there is no customer "cus_nobody" in account "default"\nhint: {2}.+\n$/,
  );
  expect(raw.map(({ stderr }) => stderr.split("\n")[0])).toEqual([
    'error: there is no record "cus_nobody" of customers in account "default"',
    'error: there is no record "cus_nobody" of customers in the warehouse',
    "error: there is no record of customers in the warehouse",
  ]);
  const [, suggested = ""] = /^hint: {2}.*query "(.+)"$/m.exec(raw[0]?.stderr ?? "") ?? [];
  expect((await runHere(["query", suggested])).stdout).toContain("cus_");
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
