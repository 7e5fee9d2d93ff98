import { ConfigError } from "../errors.ts";
import { bodiesAsReceived, type Dispatcher } from "./body.ts";

/** How a request is sent: as by `fetch`, and never further than to where it is addressed. */
export type Send = (request: Request, options: { readonly signal: AbortSignal }) => Promise<Response>;

/** Where the way to the network leads through a proxy; what curl and others read from the environment, too. */
export interface Proxies {
  readonly HTTPS_PROXY?: string | undefined;
  /** For `https://` as well, where there is none of its own. */
  readonly HTTP_PROXY?: string | undefined;
  /** Hosts that are reached without: `localhost,.example.com`, or `*`. */
  readonly NO_PROXY?: string | undefined;
}

// The API redirects nowhere; who does so stands in its place, and the key is not for them.
const redirect = "manual";

// Where Node's fetch keeps it, as soon as there is a Request.
const usualDispatcher = Symbol.for("undici.globalDispatcher.1");

/** Sends without a proxy. */
export const sendDirectly: Send = (request, { signal }) => {
  const usual: Dispatcher | undefined = Reflect.get(globalThis, usualDispatcher);
  return fetch(request, { ...(usual && bodiesAsReceived(usual)), signal, redirect });
};

/** How requests to this URL are sent. Throws a ConfigError, without repeating it, where the proxy's address cannot be used. */
export function sendVia({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY = "" }: Proxies, url: string): Send {
  const isHttps = url.startsWith("https:");
  const name = isHttps && HTTPS_PROXY !== undefined ? "HTTPS_PROXY" : "HTTP_PROXY";
  const given = isHttps ? (HTTPS_PROXY ?? HTTP_PROXY) : HTTP_PROXY;
  if (given === undefined) return sendDirectly;
  const proxy = readProxy(name, given);
  let opened: ReturnType<typeof open> | undefined;
  return async ({ url: target, headers }, { signal }) => {
    opened ??= open(proxy, NO_PROXY);
    const { fetch, dispatcher } = await opened;
    const response = await fetch(target, { headers: [...headers], signal, redirect, dispatcher });
    // undici declares its own types for what is the same.
    return response as unknown as Response;
  };
}

interface Proxy {
  readonly uri: string;
  readonly token: string | undefined;
}

/** A proxy's address, as others understand it, too: without a scheme it is `http://`. */
function readProxy(name: string, given: string): Proxy {
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const user = url && decoded(`${url.username}:${url.password}`);
  if (!url || user === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(`${name} is no address of an HTTP proxy`, {
      hint: "Write http://host:port, or http://user:password@host:port with %-signs for what is neither letter nor digit in them. SOCKS is not known.",
    });
  }
  return {
    uri: url.origin,
    token: user === ":" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Loaded only by who has a proxy. Another undici than Node's own must not be mixed with Node's `fetch`, so that its `fetch` comes along. */
async function open({ uri, token }: Proxy, noProxy: string) {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const { emitWarning } = process;
  // It calls itself experimental on standard error, which is read by those who run the sync.
  process.emitWarning = () => {};
  try {
    const dispatcher = new EnvHttpProxyAgent({
      httpProxy: uri,
      httpsProxy: uri,
      noProxy,
      ...(token !== undefined && { token }),
    });
    return { fetch, dispatcher };
  } finally {
    process.emitWarning = emitWarning;
  }
}
