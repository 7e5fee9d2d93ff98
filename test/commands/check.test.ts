import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import { deadUrl, inFrontOf, tiny } from "./scene.ts";
import { sceneHere, syncedScene } from "./scene-here.ts";

test("without a key, or with a broken configuration, check exits with 2 and a hint", async () => {
  const { run, runHere } = await sceneHere();
  const [withoutKey, broken] = await Promise.all([
    runHere(["check"], { CHARTMOGUL_API_KEY: "" }),
    run(["check"], { CHARTMOGUL_CONNECTIONS: "many" }),
  ]);
  expect(withoutKey).toMatchObject({ code: 2, stdout: "" });
  expect(withoutKey.stderr).toMatch(/error: no API key is set\nhint: /);
  expect(broken).toMatchObject({ code: 2, stdout: "" });
  expect(broken.stderr).toMatch(/error: CHARTMOGUL_CONNECTIONS is not a number: "many"\nhint: /);
});

test("each faulty key is named with what to do, and the good one beside it is still checked", async () => {
  const { run } = await sceneHere(tiny(), tiny("harbor"));
  const { code, stdout } = await run(["check"], { CHARTMOGUL_API_KEY: "mistyped-key" });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^FAULT account default: ChartMogul answered GET \/ping with 401: .+\n {6}Check the API key/m,
  );
  expect(stdout).toMatch(/^ok {4}account harbor: /m);
});

test("an unreachable host is a fault with a hint, found without long waiting", async () => {
  const { runHere } = await sceneHere();
  const { code, stdout } = await runHere(["check"], { CHARTMOGUL_API_URL: await deadUrl() });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^FAULT account default: no answer from ChartMogul .*ECONNREFUSED.*\n {6}Check the network/m,
  );
}, 10_000);

test("when all is well it says what it found, exits with 0 and creates nothing", async () => {
  const { run, runHere, folder, url, worlds } = await sceneHere();
  const { code, stdout, stderr } = await run(["check"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.trimEnd().split("\n")).toEqual([
    `ok    configuration: 1 account, ${url}`,
    "ok    warehouse: warehouse.db (the first sync creates it)",
    `ok    account default: ${worlds[0]?.account.name}, EUR, Europe/Lisbon`,
    `ok    account default: may read ${resources.map(({ name }) => name).join(", ")}`,
  ]);
  expect(readdirSync(folder)).toEqual([]);

  expect((await runHere(["sync", "--only", "plans"])).code).toBe(0);
  expect((await runHere(["check"])).stdout).toContain("ok    warehouse: warehouse.db\n");
});

test("check says that an account is also stored under another name", async () => {
  const { runHere, worlds } = await syncedScene({ only: ["plans"] });
  const renamed = { CHARTMOGUL_API_KEY: "", CHARTMOGUL_API_KEY_PRODUCTION: worlds[0]?.key ?? "" };
  const { code, stdout } = await runHere(["check"], renamed);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {4}account production: .+; also stored as default: /m);
});

test.each(["currency", "time_zone"])("an account without its %s is a fault", async (key) => {
  const here = await sceneHere();
  const account = { name: "Teapots", currency: "SEK", time_zone: "Asia/Tokyo", [key]: 5 };
  const url = await inFrontOf(here, (request, response) => {
    if (!/^\/v1\/account\b/.test(request.url ?? "")) return false;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(account));
    return true;
  });
  const { code, stdout } = await here.runHere(["check"], { CHARTMOGUL_API_URL: url });
  expect(code).toBe(1);
  expect(stdout).toContain(`FAULT account default: GET /account has no usable ${key}`);
});

test.each([
  ["nothing", "{}"],
  ["null", '{"name":null,"currency":null,"time_zone":null}'],
  ["a list", "[]"],
  ["a page as a text", '"<html>Please log in</html>"'],
])("where the account is %s, check names the fault and a sync reads nothing", async (_, body) => {
  const here = await sceneHere();
  const url = await inFrontOf(here, (request, response) => {
    if (!/^\/v1\/account\b/.test(request.url ?? "")) return false;
    response.writeHead(200, { "content-type": "application/json" }).end(body);
    return true;
  });
  const { code, stdout } = await here.runHere(["check"], { CHARTMOGUL_API_URL: url });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^FAULT account default: .*something that is not an account.*\n {6}Check CHARTMOGUL_API_URL/m,
  );
  expect(stdout).not.toMatch(/null|ok {4}account/);
  const sync = await here.runHere(["sync"], { CHARTMOGUL_API_URL: url });
  expect(sync.code).toBe(1);
  expect(sync.stderr).toContain("something that is not an account");
  expect(here.value("SELECT count(*) FROM raw_records")).toBe(0);
});
