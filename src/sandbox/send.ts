import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, gzip } from "node:zlib";
import type { Reply } from "./reply.ts";

const compressAboveBytes = 1024;

/** Writes status and headers for a body of this many bytes. */
export function writeHead(
  response: ServerResponse,
  reply: Reply,
  byteLength: number,
  encoding: Record<string, string> = {},
): void {
  response.writeHead(reply.status, {
    "content-type": reply.contentType,
    "content-length": byteLength,
    "cache-control": "max-age=0, private, must-revalidate",
    "access-control-allow-credentials": "true",
    vary: "Accept-Encoding, Origin",
    "x-request-id": randomUUID(),
    ...encoding,
    ...reply.headers,
  });
}

function write(response: ServerResponse, reply: Reply, body: Buffer, encoding: Record<string, string>): void {
  // The client may have gone, or the sandbox may have closed, since the reply was made.
  if (response.destroyed) return;
  writeHead(response, reply, body.byteLength, encoding);
  response.end(body);
}

/** Writes a reply with the headers of ChartMogul: no rate limit headers and no Retry-After, as no recording has them. */
export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body);
  const accepts = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  if (!accepts || body.byteLength <= compressAboveBytes) {
    write(response, reply, body, {});
    return;
  }
  gzip(body, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
    if (error === null) write(response, reply, compressed, { "content-encoding": "gzip" });
    else write(response, reply, body, {});
  });
}
