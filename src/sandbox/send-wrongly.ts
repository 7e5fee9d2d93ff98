import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Answer } from "./answer.ts";
import type { Misbehaviour } from "./faults.ts";
import { send, writeHead } from "./send.ts";

// A reset overtakes what the client has not read yet; on loopback it has read the beginning long before.
const RESET_AFTER = 20;
const CHECKSUM_BYTES = 8;

const WITHOUT_STATUS: ReadonlySet<string> = new Set<Misbehaviour["kind"]>(["refuse", "reset", "silence"]);

/** The status that leaves with an answer, 0 when none does. */
export function statusSent(answer: Answer, what: Misbehaviour | undefined): number {
  return what !== undefined && WITHOUT_STATUS.has(what.kind) ? 0 : answer.status;
}

function sendHalf(response: ServerResponse, answer: Answer, then: () => void): void {
  const body = Buffer.from(answer.body);
  writeHead(response, answer, body.byteLength);
  response.write(body.subarray(0, body.byteLength >>> 1), then);
}

function sendBrokenGzip(response: ServerResponse, answer: Answer): void {
  const compressed = gzipSync(answer.body);
  // Only a wrong checksum is an error to every client; of broken bytes in the middle fetch may make a shorter text.
  compressed.fill(0, compressed.byteLength - CHECKSUM_BYTES);
  writeHead(response, answer, compressed.byteLength, { "content-encoding": "gzip" });
  response.end(compressed);
}

/** Lets an answer leave as the fault that was met wants it: whole, in part or not at all. */
export function sendWrongly(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  what: Misbehaviour | undefined,
): void {
  if (response.destroyed) return;
  const { socket } = request;
  switch (what?.kind) {
    case "reset":
      socket.resetAndDestroy();
      break;
    case "resetInBody":
      sendHalf(response, answer, () => setTimeout(() => socket.resetAndDestroy(), RESET_AFTER));
      break;
    case "cut":
      sendHalf(response, answer, () => socket.end());
      break;
    case "stall":
      sendHalf(response, answer, () => {});
      break;
    case "silence":
      break;
    case "gzip":
      sendBrokenGzip(response, answer);
      break;
    default:
      send(request, response, answer);
  }
}
