import { STATUS_CODES } from "node:http";
import { alterBody } from "./alter-body.ts";
import { deleteCustomer } from "./edits.ts";
import type { BodyFault, FaultEffect } from "./faults.ts";
import { findList, type JsonBody } from "./find-list.ts";
import { type Reply, refuse, replyHtml, replyText } from "./reply.ts";
import { replyTo } from "./routes/reply-to.ts";
import type { World } from "./world.ts";

/** A request whose key was accepted. */
export interface AcceptedRequest {
  world: World;
  method: string;
  path: string;
  query: URLSearchParams;
  /** The header as it was sent. */
  authorization: string;
}

const customerPath = /\/customers\/([^/]+)/;

function replyWithoutFault({ world, method, path, query }: AcceptedRequest): Reply {
  return replyTo(world, method, path, query);
}

function readBody(reply: Reply): JsonBody {
  return JSON.parse(reply.body) as JsonBody;
}

/** Reads the list from its beginning to the page that gave this cursor, and takes its last record. */
function findLastBefore(request: AcceptedRequest, cursor: string): unknown {
  const query = new URLSearchParams(request.query);
  query.delete("cursor");
  for (;;) {
    const reply = replyWithoutFault({ ...request, query });
    if (reply.status !== 200) return undefined;
    const body = readBody(reply);
    if (body["cursor"] === cursor) return findList(body)?.records.at(-1);
    if (body["has_more"] !== true) return undefined;
    query.set("cursor", String(body["cursor"]));
  }
}

function replyWithBodyFault(request: AcceptedRequest, fault: BodyFault): Reply {
  const reply = replyWithoutFault(request);
  if (reply.status !== 200) return reply;
  const cursor = request.query.get("cursor");
  const position = {
    cursor,
    findLastBefore: () => (cursor === null ? undefined : findLastBefore(request, cursor)),
  };
  return { ...reply, body: JSON.stringify(alterBody(readBody(reply), fault, position)) };
}

function describeStatus(status: number): string {
  return status === 429
    ? "Your request rate has exceeded our rate limit."
    : (STATUS_CODES[status] ?? "Error");
}

function replyWithStatus(
  { world, authorization }: AcceptedRequest,
  { status, body = "json", retryAfter, echo = false }: Extract<FaultEffect, { kind: "status" }>,
): Reply {
  const echoed = echo ? ` (asked with Authorization: ${authorization}, the key ${world.key})` : "";
  const proxy = `${status} ${STATUS_CODES[status] ?? "Error"}${echoed}`;
  const replies = {
    json: () => refuse(status, `${describeStatus(status)}${echoed}`),
    text: () => replyText(proxy, status),
    html: () => replyHtml(proxy, status),
  };
  const reply = replies[body]();
  return retryAfter === undefined ? reply : { ...reply, headers: { "retry-after": retryAfter } };
}

function deleteCustomerIn({ world, path }: AcceptedRequest): void {
  const uuid = decodeURIComponent(customerPath.exec(path)?.[1] ?? "");
  if (world.customers.some((customer) => customer.uuid === uuid)) deleteCustomer(world, uuid);
}

/**
 * Creates the reply to a request. It is correct where there is no fault, or where the fault concerns only how the reply is sent.
 */
export function createReply(request: AcceptedRequest, effect: FaultEffect | undefined): Reply {
  if (effect === undefined) return replyWithoutFault(request);
  switch (effect.kind) {
    case "refuse":
    case "reset":
    case "resetInBody":
    case "cut":
    case "stall":
    case "silence":
    case "gzip":
      return replyWithoutFault(request);
    case "deleteCustomer":
      deleteCustomerIn(request);
      return replyWithoutFault(request);
    case "status":
      return replyWithStatus(request, effect);
    case "html":
      return replyHtml("We are back soon");
    default:
      return replyWithBodyFault(request, effect);
  }
}
