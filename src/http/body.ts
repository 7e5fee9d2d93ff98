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

/** What `fetch` hands a dispatcher for one request. */
interface Handler {
  /** The request is about to be written to a connection. */
  onConnect?(...about: unknown[]): void;
  /** The same in newer versions of undici. */
  onRequestStart?(...about: unknown[]): void;
  /** `headers` alternates between names and values. Newer versions of undici have another method instead. */
  onHeaders?(status: number, headers: readonly Buffer[], resume: () => void, statusText: string): boolean;
}

/** The part of an undici dispatcher that `fetch` needs. */
export interface Dispatcher {
  dispatch(options: unknown, handler: Handler): boolean;
}

const encodingAsReceived = "x-content-encoding-as-received";

/**
 * Options of `fetch` that leave the unpacking of bodies to `readText`; requests are sent by the usual dispatcher.
 *
 * The undici before 6.29 is the fetch of Node 20 and 22. It waits forever for a packed body that arrives whole and cannot be
 * unpacked. The undici of Node 26 does not hang; there this has no effect, and fetch unpacks by itself.
 */
export function keepBodiesPacked(usual: Dispatcher): Dispatcher {
  return {
    dispatch(options, handler) {
      const { onHeaders } = handler;
      if (!onHeaders) return usual.dispatch(options, handler);
      return usual.dispatch(options, {
        ...handler,
        onHeaders(status, headers, ...rest) {
          return onHeaders.call(this, status, headers.map(renameEncoding), ...rest);
        },
      });
    },
  };
}

function renameEncoding(nameOrValue: Buffer, index: number): Buffer {
  const isEncoding = index % 2 === 0 && nameOrValue.toString("latin1").toLowerCase() === "content-encoding";
  return isEncoding ? Buffer.from(encodingAsReceived) : nameOrValue;
}

/** Reads the whole body as text and calls `onPiece` for each piece that arrives. Throws an Error where it breaks off or cannot be unpacked. */
export async function readText(response: Response, onPiece: () => void): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) {
    onPiece();
    pieces.push(piece);
  }
  const body = await unpack(Buffer.concat(pieces), response.headers.get(encodingAsReceived) ?? "");
  return new TextDecoder().decode(body);
}

/** Undoes the codings, the last one first. A body with an unknown coding stays as it is. */
async function unpack(body: Uint8Array, encoding: string): Promise<Uint8Array> {
  const codings = encoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  const steps = codings.map((name) => coding[name]);
  // As fetch does: a body whose coding has a wrong name may still be readable. If not, it is not JSON.
  if (body.length === 0 || steps.includes(undefined)) return body;
  let rest = body;
  try {
    for (const undo of steps.reverse()) if (undo) rest = await undo(rest);
    return rest;
  } catch (cause) {
    throw new Error(
      `the answer cannot be unpacked (${encoding}): ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}
