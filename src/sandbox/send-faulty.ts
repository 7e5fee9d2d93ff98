import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { FaultEffect } from "./faults.ts";
import type { Reply } from "./reply.ts";
import { send, writeHead } from "./send.ts";

// A reset discards bytes that the client has not read yet. On loopback it has read the beginning long before the reset.
const resetAfter = 20;
const checksumBytes = 8;

const withoutStatus: ReadonlySet<string> = new Set<FaultEffect["kind"]>(["refuse", "reset", "silence"]);

/** The status that the client gets; 0 where it gets none. */
export function getSentStatus(reply: Reply, effect: FaultEffect | undefined): number {
  return effect !== undefined && withoutStatus.has(effect.kind) ? 0 : reply.status;
}

function sendHalf(response: ServerResponse, reply: Reply, then: () => void): void {
  const body = Buffer.from(reply.body);
  writeHead(response, reply, body.byteLength);
  response.write(body.subarray(0, body.byteLength >>> 1), then);
}

function sendBrokenGzip(response: ServerResponse, reply: Reply): void {
  const compressed = gzipSync(reply.body);
  // Only a wrong checksum is an error to every client. Broken bytes in the middle may give a shorter text in fetch.
  compressed.fill(0, compressed.byteLength - checksumBytes);
  writeHead(response, reply, compressed.byteLength, { "content-encoding": "gzip" });
  response.end(compressed);
}

/** Sends a reply as the fault requires: whole, in part or not at all. */
export function sendFaulty(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  effect: FaultEffect | undefined,
): void {
  if (response.destroyed) return;
  const { socket } = request;
  switch (effect?.kind) {
    case "reset":
      socket.resetAndDestroy();
      break;
    case "resetInBody":
      sendHalf(response, reply, () => setTimeout(() => socket.resetAndDestroy(), resetAfter));
      break;
    case "cut":
      sendHalf(response, reply, () => socket.end());
      break;
    case "stall":
      sendHalf(response, reply, () => {});
      break;
    case "silence":
      break;
    case "gzip":
      sendBrokenGzip(response, reply);
      break;
    default:
      send(request, response, reply);
  }
}
