/** What goes back over the wire, before compression. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
  /** What this answer has besides the headers of every answer. */
  headers?: Record<string, string>;
}

/** A JSON answer with the content type that most of ChartMogul's routes use. */
export function json(body: unknown, status = 200): Answer {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(body) };
}

/** A plain text, as proxies answer. */
export function text(body: string, status = 200): Answer {
  return { status, contentType: "text/plain", body };
}

/** An HTML page that says only this. */
export function html(words: string, status = 200): Answer {
  const body = `<!DOCTYPE html>\n<html><head><title>${words}</title></head><body><h1>${words}</h1></body></html>\n`;
  return { status, contentType: "text/html; charset=utf-8", body };
}

/** The error shape with `code`, `message` and `param`, in this order of keys. */
export function refuse(code: number, message: string, param: string | null = null): Answer {
  return json({ code, message, param }, code);
}

/** The 404 of a single object: a different shape from every other error. */
export function notFound(object: string): Answer {
  return json({ error: `${object} not found` }, 404);
}

/** The 400 of a missing parameter. */
export function missing(parameter: string): Answer {
  return refuse(400, `Parameter "${parameter}" is missing`, parameter);
}

/** The proxy's way of refusing: plain text instead of JSON, here for too many parallel connections. */
export function unavailable(): Answer {
  return text("Service unavailable", 503);
}
