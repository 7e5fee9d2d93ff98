import { randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSend } from "../../src/http/send.ts";
import { apiErrorOf, clientOf, inTurn, json, serve } from "./serve.ts";

const entries = Array.from({ length: 500 }, () => ({
  uuid: `cus_${randomBytes(16).toString("hex")}`,
  company: "Umbrella Makers",
}));
const body = { entries, has_more: false };
const whole = Buffer.from(JSON.stringify(body));
const packed = {
  gzip: gzipSync(whole),
  br: brotliCompressSync(whole),
  deflate: deflateSync(whole),
} as const;
type Coding = keyof typeof packed;
const codings = Object.keys(packed) as Coding[];

const headers = (encoding: string) => ({
  "content-type": "application/json; charset=utf-8",
  ...(encoding && { "content-encoding": encoding }),
});

/** Sends these bytes in pieces of this size, at once by default. */
const sent =
  (
    encoding: string,
    bytes: Buffer,
    size = bytes.length,
    more: Record<string, string> = {},
  ): RequestListener =>
  async (_request, response) => {
    response.writeHead(200, { ...headers(encoding), ...more });
    for (let at = 0; at < bytes.length; at += size) {
      await new Promise((resolve) => response.write(bytes.subarray(at, at + size), resolve));
    }
    response.end();
  };

/** An answer whose length is announced as it is not, after which the connection stays open. */
const announced =
  (encoding: string, bytes: Buffer, length: number): RequestListener =>
  ({ socket }) => {
    const lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", `Content-Length: ${length}`];
    if (encoding) lines.push(`Content-Encoding: ${encoding}`);
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    socket.write(bytes);
  };

const overwritten = (bytes: Buffer, part: number) => {
  const copy = Buffer.from(bytes);
  const at = Math.floor(bytes.length * part);
  return copy.fill(0xff, at, at + 60);
};

const wrongChecksum = Buffer.from(packed.gzip);
wrongChecksum.writeUInt32LE(0, wrongChecksum.length - 8);

const broken: [string, RequestListener][] = codings.flatMap((coding): [string, RequestListener][] => {
  const bytes = packed[coding];
  const part = (share: number) => bytes.subarray(0, Math.floor(bytes.length * share));
  return [
    ...[0.01, 0.3, 0.5, 0.9].flatMap((at): [string, RequestListener][] =>
      [bytes.length, 4000, 500].map((size) => [
        `${coding}, overwritten at ${at}, in pieces of ${size}`,
        sent(coding, overwritten(bytes, at), size),
      ]),
    ),
    [
      `${coding}, overwritten, of announced length`,
      sent(coding, overwritten(bytes, 0.5), undefined, { "content-length": `${bytes.length}` }),
    ],
    [`${coding}, half of it missing`, sent(coding, part(0.5))],
    [`${coding}, its end missing`, sent(coding, bytes.subarray(0, -20))],
    [`${coding}, all but its beginning missing`, sent(coding, part(0.01))],
    [`${coding}, announced too short`, announced(coding, bytes, bytes.length - 50)],
    [`${coding} that is not packed`, sent(coding, whole)],
    [`${coding} of zeros`, sent(coding, Buffer.alloc(5000))],
    [`${coding} that was announced as another`, sent(coding === "br" ? "gzip" : "br", bytes)],
    [`${coding} that was not announced`, sent("", bytes)],
    [`${coding} that was announced twice`, sent(`${coding}, ${coding}`, bytes)],
    [`${coding} that was announced as an unknown one`, sent("compress", bytes)],
  ];
});

describe("a body that is broken is asked for again at once", () => {
  test.each([
    ...broken,
    ["plain, announced too short", announced("", whole, whole.length - 50)],
    ["gzip whose checksum is wrong", sent("gzip", wrongChecksum)],
  ])("%s", async (_what, trouble) => {
    const served = await serve(inTurn(trouble, json(body)));
    const messages: string[] = [];
    const api = clientOf(served.url, { onRetry: (message) => messages.push(message) });
    const began = performance.now();
    expect(await api.get("customers")).toEqual(body);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(messages).toEqual([expect.stringMatching(/^GET \/customers: .+; trying again \(1\)$/)]);
  });
});

test("so is one that came through a proxy", async () => {
  const served = await serve(inTurn(sent("gzip", overwritten(packed.gzip, 0.5)), json(body)));
  const proxy = createServer().on("connect", ({ url = "" }, socket) => {
    const { hostname, port } = new URL(`http://${url}`);
    const tunnel = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    for (const end of [tunnel, socket]) end.on("error", () => {});
    onTestFinished(() => {
      tunnel.destroy();
      socket.destroy();
      proxy.close();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const send = createSend({ HTTP_PROXY: address }, served.url);
  const began = performance.now();
  expect(await clientOf(served.url, { send }).get("customers")).toEqual(body);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(served.requests).toHaveLength(2);
});

describe("a body that is announced too long is asked for again once nothing more comes", () => {
  test.each(["", ...codings])("%s", async (coding) => {
    const bytes = coding ? packed[coding as Coding] : whole;
    const served = await serve(inTurn(announced(coding, bytes, bytes.length + 10), json(body)));
    const api = clientOf(served.url, { timeouts: { firstByte: 200, complete: 60_000 } });
    expect(await api.get("customers")).toEqual(body);
    expect(served.requests).toHaveLength(2);
  });
});

test("the error says what is wrong with a body that stays broken", async () => {
  const served = await serve(sent("gzip", overwritten(packed.gzip, 0.5)));
  const error = await apiErrorOf(clientOf(served.url, { retries: 1 }).get("customers"));
  expect(error.message).toMatch(
    /^no answer from ChartMogul for GET \/customers: .*(unpacked|invalid|incorrect)/,
  );
});

describe("a good body is read, however it is packed", () => {
  test.each<[string, RequestListener]>([
    ["plain", sent("", whole)],
    ["in pieces", sent("", whole, 1000)],
    ...codings.map((coding): [string, RequestListener] => [coding, sent(coding, packed[coding])]),
    ...codings.map((coding): [string, RequestListener] => [
      `${coding} in pieces`,
      sent(coding, packed[coding], 700),
    ]),
    ["under another name", sent("X-GZIP", packed.gzip)],
    ["deflate without its header", sent("deflate", deflateRawSync(whole))],
    ["twice", sent("deflate, gzip", gzipSync(packed.deflate))],
    ["as an unknown coding that it is not", sent("identity", whole)],
    ["with its length", sent("gzip", packed.gzip, undefined, { "content-length": `${packed.gzip.length}` })],
  ])("%s", async (_how, answer) => {
    const served = await serve(answer);
    expect(await clientOf(served.url, { retries: 0 }).get("customers")).toEqual(body);
  });
});
