import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";

type Unpack = (packed: Uint8Array) => Promise<Uint8Array>;

const coding: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  // Some leave out the header of zlib, whose first byte ends in 8.
  deflate: (packed) => promisify(((packed[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw)(packed),
  br: promisify(brotliDecompress),
};

interface Handler {
  /** Names and values of the headers take turns. Newer versions of undici have another method in its place. */
  onHeaders?(status: number, headers: readonly Buffer[], resume: () => void, statusText: string): boolean;
}

/** Of what undici calls so the part that `fetch` needs. */
export interface Dispatcher {
  dispatch(options: unknown, handler: Handler): boolean;
}

const encodingAsReceived = "x-content-encoding-as-received";

/**
 * Options of `fetch`: requests are sent as by the usual dispatcher, and bodies are handed on as they came, for `textOf` to unpack.
 * undici before 6.29, which is the fetch of Node 20 and 22, never ends the reading of a packed body that arrives whole and cannot
 * be unpacked. That of Node 26 does, and goes on unpacking by itself.
 */
export function bodiesAsReceived(usual: Dispatcher): object {
  const dispatcher: Dispatcher = {
    dispatch(options, handler) {
      const { onHeaders } = handler;
      if (!onHeaders) return usual.dispatch(options, handler);
      return usual.dispatch(options, {
        ...handler,
        onHeaders(status, headers, ...rest) {
          return onHeaders.call(this, status, headers.map(renamed), ...rest);
        },
      });
    },
  };
  return { dispatcher };
}

function renamed(nameOrValue: Buffer, place: number): Buffer {
  const isEncoding = place % 2 === 0 && nameOrValue.toString("latin1").toLowerCase() === "content-encoding";
  return isEncoding ? Buffer.from(encodingAsReceived) : nameOrValue;
}

/** Reads the whole body as text; `onPiece` is told of each piece that arrives. Throws an Error where it breaks off or cannot be unpacked. */
export async function textOf(response: Response, onPiece: () => void): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) {
    onPiece();
    pieces.push(piece);
  }
  const body = await unpacked(Buffer.concat(pieces), response.headers.get(encodingAsReceived) ?? "");
  return new TextDecoder().decode(body);
}

/** Undoes the codings in the order opposite to that in which they were done; leaves a body as it is of which one is not known. */
async function unpacked(body: Uint8Array, encoding: string): Promise<Uint8Array> {
  const codings = encoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  const steps = codings.map((name) => coding[name]);
  // fetch does so, too: what is named wrongly may be readable all the same, and is not JSON if it is not.
  if (body.length === 0 || steps.includes(undefined)) return body;
  let rest = body;
  try {
    for (const unpack of steps.reverse()) if (unpack) rest = await unpack(rest);
    return rest;
  } catch (cause) {
    throw new Error(
      `the answer cannot be unpacked (${encoding}): ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}
