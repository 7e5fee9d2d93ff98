/** A reply before compression. */
export interface Reply {
  status: number;
  contentType: string;
  body: string;
  /** The headers of this reply, besides those of every reply. */
  headers?: Record<string, string>;
}

/** Creates a JSON reply with the content type of most ChartMogul routes. */
export function replyJson(body: unknown, status = 200): Reply {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(body) };
}

/** Creates a plain text reply, as proxies do. */
export function replyText(body: string, status = 200): Reply {
  return { status, contentType: "text/plain", body };
}

/** Creates an HTML page that says only this. */
export function replyHtml(words: string, status = 200): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>${words}</title></head><body><h1>${words}</h1></body></html>\n`;
  return { status, contentType: "text/html; charset=utf-8", body };
}

/** Creates an error with `code`, `message` and `param`, in this order of keys. */
export function refuse(code: number, message: string, param: string | null = null): Reply {
  return replyJson({ code, message, param }, code);
}

/** Creates the 404 of a single object, whose shape differs from every other error. */
export function replyNotFound(object: string): Reply {
  return replyJson({ error: `${object} not found` }, 404);
}

/** Creates the 400 of a missing parameter. */
export function refuseMissing(parameter: string): Reply {
  return refuse(400, `Parameter "${parameter}" is missing`, parameter);
}

/** Creates a proxy's refusal of too many parallel connections: plain text instead of JSON. */
export function refuseConnection(): Reply {
  return replyText("Service unavailable", 503);
}
