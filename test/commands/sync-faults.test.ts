import { expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import type { World } from "../../src/sandbox/world.ts";
import { smallWorld } from "../support/accounts.ts";
import { runHere } from "../support/run-here.ts";
import { withFastTimers } from "../support/timers.ts";
import { contents, deadUrl, expectedRows, inFrontOf, listen, rowCounts, scene, tiny } from "./scene.ts";
import { syncedScene } from "./scene-here.ts";

test("a wrong key fails its account with a hint and stores nothing of it; the other account is done", async () => {
  const { run, warehouse, worlds } = await scene(tiny(), tiny("harbor"));
  const { code, stdout, stderr } = await run(["sync"], { CHARTMOGUL_API_KEY_HARBOR: "mistyped-key" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/ChartMogul answered GET \/account with 401: No valid API key provided/);
  expect(stderr).toMatch(/Check the API key of this account.*account=harbor/);
  expect(stdout).toMatch(/^harbor +customers +failed/m);
  expect(stdout).toMatch(/^default +customers +complete/m);
  expect(rowCounts(warehouse, "harbor")).toEqual({});
  for (const world of worlds.slice(0, 1)) {
    expect(rowCounts(warehouse, "default")).toMatchObject(expectedRows(world));
  }
});

test("a host that does not exist, or truncates every response, is given up with a hint in well under a minute", async () => {
  const { folder, environment, warehouse } = await syncedScene({ only: ["plans"] });
  const before = contents(warehouse);
  const cut = await listen((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
    response.write('{"name": "Rootw');
    setImmediate(() => response.destroy());
  });
  const sync = (env: Readonly<Record<string, string>>) =>
    runHere(["sync", "--only", "plans"], { cwd: folder, env: { ...environment, ...env } });
  const dead = await deadUrl();
  const absent = await withFastTimers(() => sync({ CHARTMOGUL_API_URL: dead }));
  const broken = await withFastTimers(() => sync({ CHARTMOGUL_API_URL: cut, WAREHOUSE_PATH: "other.db" }));
  for (const { milliseconds, result } of [absent, broken]) {
    const { code, stdout, stderr } = result;
    expect(milliseconds).toBeLessThan(40_000);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^default +plans +failed/m);
    expect(stderr).toContain("trying again (1)");
    expect(stderr).toMatch(/error no answer from ChartMogul for GET \/account.*Check the network/);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
  expect(absent.result.stderr).toContain("ECONNREFUSED");
  expect(contents(warehouse)).toEqual(before);
});

test("a response that is truncated once is requested again, and the sync is complete", async () => {
  const behind = await scene();
  let cut = 0;
  const url = await inFrontOf(behind, (request, response) => {
    if (cut > 0 || !request.url?.startsWith("/v1/plans")) return false;
    cut += 1;
    response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
    response.write('{"plans": [{"uuid": "pl_');
    setImmediate(() => response.destroy());
    return true;
  });
  const { code, stderr } = await behind.run(["sync"], { CHARTMOGUL_API_URL: url });
  expect(code).toBe(0);
  expect(stderr).toMatch(/warn +GET \/plans.*trying again \(1\)/);
  for (const world of behind.worlds) {
    expect(rowCounts(behind.warehouse, "default")).toMatchObject(expectedRows(world));
  }
});

test("an HTML page instead of JSON fails only its resource, and the message quotes its words", async () => {
  const behind = await syncedScene();
  const before = contents(behind.warehouse);
  const url = await inFrontOf(behind, (request, response) => {
    if (!request.url?.startsWith("/v1/invoices")) return false;
    const page = "<html><h1>Maintenance</h1><p>We are back at noon.</p></html>";
    response.writeHead(200, { "content-type": "text/html" }).end(page);
    return true;
  });
  const env = { ...behind.environment, CHARTMOGUL_API_URL: url };
  const { code, stdout, stderr } = await runHere(["sync"], { cwd: behind.folder, env });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^default +invoices +failed/m);
  expect(stdout.match(/ complete /g)).toHaveLength(resources.length - 1);
  expect(stderr).toContain("GET /invoices is not JSON: Maintenance We are back at noon.");
  expect(stderr).toContain("check CHARTMOGUL_API_URL and any proxy");
  expect(contents(behind.warehouse)).toEqual(before);
});

test("a record that does not validate is kept with its reason, its page is stored, and once it is right it is loaded", async () => {
  const world = tiny();
  const [invoice] = world.invoices;
  if (!invoice) throw new Error("a world without invoices");
  const right = { ...invoice };
  Object.assign(invoice, { date: "about noon" });
  const { folder, environment, rows, value } = await scene(world);
  const surroundings = { cwd: folder, env: environment };
  const sync = () => runHere(["sync", "--only", "invoices"], surroundings);

  const first = await sync();
  expect(first.code).toBe(1);
  expect(first.stderr).toContain(
    "1 record did not validate: it is missing, or has its old row; see rejected_records account=default resource=invoices hint=Install a newer version, or report",
  );
  expect(value("SELECT count(*) FROM invoices")).toBe(world.invoices.length - 1);
  expect(rows("SELECT resource, key, reason, resolved_at FROM rejected_records")).toEqual([
    {
      resource: "invoices",
      key: right.uuid,
      reason: expect.stringContaining("date"),
      resolved_at: null,
    },
  ]);
  expect((await runHere(["status"], surroundings)).stdout).toMatch(
    new RegExp(`^default +invoices .* complete +${world.invoices.length - 1} +1 `, "m"),
  );

  Object.assign(invoice, right);
  expect((await sync()).code).toBe(0);
  expect(value("SELECT count(*) FROM invoices")).toBe(world.invoices.length);
  expect(value("SELECT resolved_at FROM rejected_records")).not.toBeNull();
});

function otherThan(world: World): World {
  return { ...smallWorld("elsewhere", 12), key: "key-of-elsewhere", name: world.name };
}

test("a key of another ChartMogul account is refused before anything is written", async () => {
  // Older answers of ChartMogul carry no id of the account; then its name must do.
  const named = ({ account: { id: _, ...account }, ...world }: World) => ({ ...world, account });
  await refused(tiny(), otherThan(tiny()));
  await refused(named(tiny()), named(otherThan(tiny())));
});

async function refused(own: World, other: World): Promise<void> {
  const only = ["plans", "invoices"];
  const [{ folder, environment, warehouse }, { url }] = [
    await syncedScene({ worlds: [own], only }),
    await scene(other),
  ];
  const before = contents(warehouse);
  const wrong = { ...environment, CHARTMOGUL_API_URL: url, CHARTMOGUL_API_KEY: other.key };
  const surroundings = { cwd: folder, env: wrong };

  const args = only.flatMap((resource) => ["--only", resource]);
  const synced = await runHere(["sync", ...args], surroundings);
  expect(synced.code).toBe(1);
  expect(synced.stderr).toContain(`belongs to ChartMogul account "${other.account.name}"`);
  expect(synced.stderr).toContain(`but "default" in this warehouse is "${own.account.name}"`);
  expect(synced.stderr).toContain("Nothing was written.");
  expect(contents(warehouse)).toEqual(before);

  const checked = await runHere(["check"], surroundings);
  expect(checked.code).toBe(1);
  expect(checked.stdout).toMatch(/^FAULT account default: .*belongs to ChartMogul account/m);
}
