/** What goes back over the wire, before compression. */
export interface Reply {
  status: number;
  contentType: string;
  body: string;
  /** What this reply has besides the headers of every reply. */
  headers?: Record<string, string>;
}

/** A JSON reply with the content type of most ChartMogul routes. */
export function replyJson(body: unknown, status = 200): Reply {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(body) };
}

/** A plain text, as proxies reply. */
export function replyText(body: string, status = 200): Reply {
  return { status, contentType: "text/plain", body };
}

/** An HTML page that says only this. */
export function replyHtml(words: string, status = 200): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>${words}</title></head><body><h1>${words}</h1></body></html>\n`;
  return { status, contentType: "text/html; charset=utf-8", body };
}

/** The error shape with `code`, `message` and `param`, in this order of keys. */
export function refuse(code: number, message: string, param: string | null = null): Reply {
  return replyJson({ code, message, param }, code);
}

/** The 404 of a single object: a different shape from every other error. */
export function replyNotFound(object: string): Reply {
  return replyJson({ error: `${object} not found` }, 404);
}

/** The 400 of a missing parameter. */
export function refuseMissing(parameter: string): Reply {
  return refuse(400, `Parameter "${parameter}" is missing`, parameter);
}

/** The proxy's way of refusing: plain text instead of JSON, here for too many parallel connections. */
export function refuseConnection(): Reply {
  return replyText("Service unavailable", 503);
}
