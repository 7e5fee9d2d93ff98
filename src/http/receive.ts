import { readBody } from "../json/read-json.ts";
import { readText } from "./body.ts";
import type { Send } from "./send.ts";

/** The body of a response was to be JSON and is not. */
export class NotJsonError extends Error {
  /** The body as it is. */
  readonly text: string;

  constructor(text: string) {
    super("the body is not JSON");
    this.text = text;
  }
}

const statusesWithoutBody = [204, 205, 304];

/**
 * A response whose body has arrived and was parsed. `json()` gives the value as `readBody` reads it, and throws a NotJsonError
 * where the body is not JSON. Where there is a value to give, the response has no body. The same response comes back from ky, whose
 * shortcut `.json()` on a request would parse the text again.
 */
function createResponse(text: string, { ok, status, headers }: Response): Response {
  const value = readValue(text);
  const isBroken = value instanceof NotJsonError;
  // A body of another type is the page of something else, such as a proxy: another attempt would get the same.
  if (ok && isBroken && headers.get("content-type")?.includes("json")) {
    throw new Error("the answer broke off: its JSON is not complete");
  }
  const json = async () => {
    if (isBroken) throw value;
    return value;
  };
  // Only the text of a failure is read again; a copy of a whole page would cost a quarter of a millisecond.
  const isRead = ok && !isBroken;
  const body = isRead || statusesWithoutBody.includes(status) ? null : text;
  return Object.assign(new Response(body, { status, headers }), { json });
}

function readValue(text: string): unknown {
  try {
    return readBody(text);
  } catch {
    return new NotJsonError(text);
  }
}

/**
 * Sends one request and reads its whole body, so that ky retries a body that breaks off as it retries a connection that does. Throws an
 * Error where nothing arrives for `pause` milliseconds, before the response or within it: ky has a limit for the whole only. `onLeave` is
 * called when the request leaves on its connection.
 */
export async function receive(
  request: Request,
  send: Send,
  pause: number,
  onLeave: () => void,
): Promise<Response> {
  const controller = new AbortController();
  const abort = (what: string) => controller.abort(new Error(`${what} ${pause / 1000} s`));
  let timer = setTimeout(abort, pause, "no answer within");
  try {
    const signal = AbortSignal.any([request.signal, controller.signal]);
    const response = await send(request, { signal, onLeave });
    clearTimeout(timer);
    timer = setTimeout(abort, pause, "the answer paused for");
    return createResponse(await readText(response, () => timer.refresh()), response);
  } finally {
    clearTimeout(timer);
  }
}
