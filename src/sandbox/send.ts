import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, gzip } from "node:zlib";
import type { Answer } from "./answer.ts";

const COMPRESS_ABOVE_BYTES = 1024;

/** Writes status and headers for a body of so many bytes. */
export function writeHead(
  response: ServerResponse,
  answer: Answer,
  byteLength: number,
  encoding: Record<string, string> = {},
): void {
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    "content-length": byteLength,
    "cache-control": "max-age=0, private, must-revalidate",
    "access-control-allow-credentials": "true",
    vary: "Accept-Encoding, Origin",
    "x-request-id": randomUUID(),
    ...encoding,
    ...answer.headers,
  });
}

function write(
  response: ServerResponse,
  answer: Answer,
  body: Buffer,
  encoding: Record<string, string>,
): void {
  // The client may be gone, or the sandbox closed, since the answer was made.
  if (response.destroyed) return;
  writeHead(response, answer, body.byteLength, encoding);
  response.end(body);
}

/** Writes an answer with the headers of ChartMogul: no rate limit headers and no Retry-After, as no recording has them. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body);
  const accepts = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  if (!accepts || body.byteLength <= COMPRESS_ABOVE_BYTES) {
    write(response, answer, body, {});
    return;
  }
  gzip(body, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
    if (error === null) write(response, answer, compressed, { "content-encoding": "gzip" });
    else write(response, answer, body, {});
  });
}
