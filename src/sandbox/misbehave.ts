import { STATUS_CODES } from "node:http";
import { type Answer, html, refuse, text } from "./answer.ts";
import { bend } from "./bend.ts";
import { deleteCustomer } from "./edits.ts";
import type { Bend, Misbehaviour } from "./faults.ts";
import { type Body, listIn } from "./list.ts";
import { answerCall } from "./routes/table.ts";
import type { World } from "./world.ts";

/** A request whose key was accepted. */
export interface Question {
  world: World;
  method: string;
  path: string;
  query: URLSearchParams;
  /** The header as it was sent. */
  authorization: string;
}

const CUSTOMER = /\/customers\/([^/]+)/;

function answerRightly({ world, method, path, query }: Question): Answer {
  return answerCall(world, method, path, query);
}

function bodyOf(answer: Answer): Body {
  return JSON.parse(answer.body) as Body;
}

/** Walks the list from its beginning to the page that gave out the cursor. */
function lastBefore(question: Question, cursor: string): unknown {
  const query = new URLSearchParams(question.query);
  query.delete("cursor");
  for (;;) {
    const answer = answerRightly({ ...question, query });
    if (answer.status !== 200) return undefined;
    const body = bodyOf(answer);
    if (body["cursor"] === cursor) return listIn(body)?.records.at(-1);
    if (body["has_more"] !== true) return undefined;
    query.set("cursor", String(body["cursor"]));
  }
}

function answerBent(question: Question, what: Bend): Answer {
  const answer = answerRightly(question);
  if (answer.status !== 200) return answer;
  const cursor = question.query.get("cursor");
  const before = () => (cursor === null ? undefined : lastBefore(question, cursor));
  return { ...answer, body: JSON.stringify(bend(bodyOf(answer), what, { cursor, before })) };
}

function wordsFor(status: number): string {
  return status === 429
    ? "Your request rate has exceeded our rate limit."
    : (STATUS_CODES[status] ?? "Error");
}

function answerWithStatus(
  { world, authorization }: Question,
  { status, body = "json", retryAfter, echo = false }: Extract<Misbehaviour, { kind: "status" }>,
): Answer {
  const echoed = echo ? ` (asked with Authorization: ${authorization}, the key ${world.key})` : "";
  const proxy = `${status} ${STATUS_CODES[status] ?? "Error"}${echoed}`;
  const answers = {
    json: () => refuse(status, `${wordsFor(status)}${echoed}`),
    text: () => text(proxy, status),
    html: () => html(proxy, status),
  };
  const answer = answers[body]();
  return retryAfter === undefined ? answer : { ...answer, headers: { "retry-after": retryAfter } };
}

function deleteCustomerIn({ world, path }: Question): void {
  const uuid = decodeURIComponent(CUSTOMER.exec(path)?.[1] ?? "");
  if (world.customers.some((customer) => customer.uuid === uuid)) deleteCustomer(world, uuid);
}

/** The answer to a request, right where it meets no fault or one that concerns only the answer's way to the client. */
export function answerQuestion(question: Question, what: Misbehaviour | undefined): Answer {
  if (what === undefined) return answerRightly(question);
  switch (what.kind) {
    case "refuse":
    case "reset":
    case "resetInBody":
    case "cut":
    case "stall":
    case "silence":
    case "gzip":
      return answerRightly(question);
    case "deleteCustomer":
      deleteCustomerIn(question);
      return answerRightly(question);
    case "status":
      return answerWithStatus(question, what);
    case "html":
      return html("We are back soon");
    default:
      return answerBent(question, what);
  }
}
