import { deflateRawSync } from "node:zlib";

// Records are a few kB. Small buffers do not enlarge the result, and save zlib from preparing 300 kB for each record.
const zlibOptions = { level: 3, windowBits: 13, memLevel: 6, chunkSize: 1024 };

/** Texts to be compressed, each by itself, and the dictionary. */
export interface TextsToCompress {
  readonly texts: readonly string[];
  readonly sample: string;
}

/** Compresses each text with the dictionary. */
export function compressTexts({ texts, sample }: TextsToCompress): Buffer[] {
  const dictionary = Buffer.from(sample);
  return texts.map((text) => compressText(text, dictionary));
}

/** Compresses one text with the dictionary. */
export function compressText(text: string, dictionary: Buffer): Buffer {
  return deflateRawSync(text, { ...zlibOptions, dictionary });
}
