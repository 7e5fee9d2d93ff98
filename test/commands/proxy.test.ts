import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { deadUrl, scene } from "./scene.ts";
import { sceneHere } from "./scene-here.ts";

const user = "ida%40example";
const password = "hush%2Fhush";
// As the two are sent, decoded and in Base64.
const secrets = /hush|aWRh/;

interface Tunnelling {
  /** `host:port/v1` in place of the scheme and the user. */
  readonly address: string;
  /** Where the tunnels led. */
  readonly targets: string[];
  /** The credentials that the proxy received. */
  readonly authorizations: Set<string | undefined>;
}

/** A proxy on loopback that passes on each tunnel, or refuses it with this status. */
async function proxy(refusal?: number): Promise<Tunnelling> {
  const targets: string[] = [];
  const authorizations = new Set<string | undefined>();
  const server = createServer((_, response) => response.writeHead(400).end("only tunnels"));
  server.on("connect", ({ url = "", headers }, socket) => {
    targets.push(url);
    authorizations.add(headers["proxy-authorization"]);
    socket.on("error", () => {});
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n${headers["proxy-authorization"]}`);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const tunnel = connect(Number(port || 80), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnel.on("error", () => socket.destroy());
    onTestFinished(() => void tunnel.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, targets, authorizations };
}

test("a sync goes through the proxy, sends credentials to it alone, and its process ends", async () => {
  const { run, url } = await scene();
  const { address, targets, authorizations } = await proxy();
  const env = { HTTP_PROXY: `http://${user}:${password}@${address}`, LOG_LEVEL: "debug" };
  const { code, stdout, stderr } = await run(["sync"], env);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("complete=true") });
  expect(stderr).not.toContain("Warning");
  expect(`${stdout}${stderr}`).not.toMatch(secrets);
  expect(new Set(targets)).toEqual(new Set([new URL(url).host]));
  expect([...authorizations]).toEqual([`Basic ${Buffer.from("ida@example:hush/hush").toString("base64")}`]);
});

test.each([
  ["https_proxy", (address: string) => `http://${address}`],
  ["HTTPS_PROXY", (address: string) => address],
  ["HTTP_PROXY", (address: string) => `${address}/`],
])("%s leads to https, and what it refuses is reported without a secret", async (name, of) => {
  const { runHere } = await sceneHere();
  const { address, targets } = await proxy(407);
  const env = { CHARTMOGUL_API_URL: "https://chartmogul.invalid/v1", [name]: of(address) };
  const { code, stdout } = await runHere(["check"], env);
  expect(code).toBe(1);
  expect(new Set(targets)).toEqual(new Set(["chartmogul.invalid:443"]));
  expect(stdout).toMatch(/^FAULT account default: no answer .*407.*\n {6}Check the network.*HTTPS_PROXY/m);
});

test("HTTPS_PROXY is not asked for http, and the environment beats .env in either case", async () => {
  const { runHere } = await sceneHere();
  const { address, targets } = await proxy(502);
  expect((await runHere(["check"], { HTTPS_PROXY: address })).code).toBe(0);
  expect(targets).toEqual([]);
  expect((await runHere(["check"], { HTTP_PROXY: "127.0.0.1:1", http_proxy: address })).code).toBe(1);
  expect(targets).not.toEqual([]);
});

test.each(["127.0.0.1", "example.com, 127.0.0.1", "*", ".0.0.1"])(
  "with NO_PROXY=%s loopback is reached without the proxy",
  async (none) => {
    const { runHere } = await sceneHere();
    const { address, targets } = await proxy();
    for (const name of ["NO_PROXY", "no_proxy"]) {
      const { code, stderr } = await runHere(["check"], { HTTP_PROXY: address, [name]: none });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
    expect(targets).toEqual([]);
  },
);

test("a proxy that cannot be reached is a fault with a hint that names its variable and no secret", async () => {
  const { runHere } = await sceneHere();
  const dead = new URL(await deadUrl()).host;
  const { code, stdout, stderr } = await runHere(["check"], {
    HTTP_PROXY: `http://${user}:${password}@${dead}`,
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^FAULT account default: no answer .*ECONNREFUSED.*\n {6}Check the network.*HTTPS_PROXY/m,
  );
  expect(`${stdout}${stderr}`).not.toMatch(secrets);
}, 20_000);

test.each([
  `socks5://${user}:${password}@127.0.0.1:1080`,
  `http://${user}:${password}@`,
  "http://ida:hush%zz@127.0.0.1:1",
  "ftp://ida:hush@127.0.0.1",
])("the proxy %s is refused by the name of its variable, and no part of it is repeated", async (address) => {
  const { runHere } = await sceneHere();
  for (const args of [["sync"], ["check"], ["call", "list_plans", "--live"]]) {
    const { code, stdout, stderr } = await runHere(args, { HTTP_PROXY: address });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error: HTTP_PROXY is not the address of an HTTP proxy\nhint: {2}Write http:\/\/host:port/,
    );
    expect(`${stdout}${stderr}`).not.toMatch(/hush|ida/);
  }
});

test("what needs no network does not mind the proxy", async () => {
  const { runHere } = await sceneHere();
  const { stderr } = await runHere(["status"], { HTTP_PROXY: "socks5://127.0.0.1:1080" });
  expect(stderr).toContain("was never synced");
});
