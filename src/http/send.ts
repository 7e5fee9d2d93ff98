import { ConfigError } from "../errors.ts";
import { type Dispatcher, keepBodiesPacked } from "./body.ts";

interface SendOptions {
  readonly signal: AbortSignal;
  /** Called when the request leaves on a connection. A new one takes a while to open, and later requests overtake it. */
  readonly onLeave: () => void;
}

/** Sends a request as `fetch` does, and follows no redirect. */
export type Send = (request: Request, options: SendOptions) => Promise<Response>;

/** The proxies between this machine and the network, in the variables that curl and others read, too. */
export interface Proxies {
  readonly HTTPS_PROXY?: string | undefined;
  /** Also for `https://` where HTTPS_PROXY is not set. */
  readonly HTTP_PROXY?: string | undefined;
  /** Hosts that are reached without a proxy: `localhost,.example.com`, or `*`. */
  readonly NO_PROXY?: string | undefined;
}

// The API redirects nowhere: a redirect comes from something else, which must not get the key.
const redirect = "manual";

// Where Node's fetch keeps its dispatcher as soon as there is a Request.
const usualDispatcher = Symbol.for("undici.globalDispatcher.1");

/** Sends without a proxy. */
export const sendDirectly: Send = (request, { signal, onLeave }) => {
  const usual: Dispatcher | undefined = Reflect.get(globalThis, usualDispatcher);
  const options = usual && announceLeaving(keepBodiesPacked(usual), onLeave);
  return fetch(request, { ...options, signal, redirect });
};

/** Options of `fetch` that call `onLeave` before a request is written to a connection. */
function announceLeaving(usual: Dispatcher, onLeave: () => void): object {
  const dispatcher: Dispatcher = {
    dispatch(options, handler) {
      const { onConnect, onRequestStart } = handler;
      return usual.dispatch(options, {
        ...handler,
        ...(onConnect && {
          onConnect(...about) {
            onLeave();
            onConnect.apply(this, about);
          },
        }),
        ...(onRequestStart && {
          onRequestStart(...about) {
            onLeave();
            onRequestStart.apply(this, about);
          },
        }),
      });
    },
  };
  return { dispatcher };
}

/** Chooses how requests to this URL are sent. Throws a ConfigError, which does not repeat the proxy's address, where that cannot be used. */
export function createSend({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY = "" }: Proxies, url: string): Send {
  const isHttps = url.startsWith("https:");
  const name = isHttps && HTTPS_PROXY !== undefined ? "HTTPS_PROXY" : "HTTP_PROXY";
  const given = isHttps ? (HTTPS_PROXY ?? HTTP_PROXY) : HTTP_PROXY;
  if (given === undefined) return sendDirectly;
  const proxy = readProxy(name, given);
  let opened: ReturnType<typeof open> | undefined;
  return async ({ url: target, headers }, { signal, onLeave }) => {
    opened ??= open(proxy, NO_PROXY);
    const { fetch, dispatcher } = await opened;
    const options = announceLeaving(dispatcher, onLeave);
    const response = await fetch(target, { headers: [...headers], signal, redirect, ...options });
    // undici declares its own types for what is the same.
    return response as unknown as Response;
  };
}

interface Proxy {
  readonly uri: string;
  readonly token: string | undefined;
}

/** Reads a proxy's address as other programs do: without a scheme it is `http://`. */
function readProxy(name: string, given: string): Proxy {
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const user = url && decoded(`${url.username}:${url.password}`);
  if (!url || user === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(`${name} is not the address of an HTTP proxy`, {
      hint: "Write http://host:port or http://user:password@host:port, where user and password are percent-encoded. SOCKS is not supported.",
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

/** Loads undici, which only a proxy needs. Its dispatcher does not work with Node's own `fetch`, so it brings its own. */
async function open({ uri, token }: Proxy, noProxy: string) {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const { emitWarning } = process;
  // It warns on standard error that it is experimental; operators read what stands there.
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
