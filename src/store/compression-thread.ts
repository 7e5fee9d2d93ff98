import { parentPort } from "node:worker_threads";
import { compressTexts, type TextsToCompress } from "./compress-texts.ts";
import type { CompressedTexts } from "./compressor.ts";

parentPort?.on("message", (task: TextsToCompress) => {
  const compressed = compressTexts(task);
  const lengths = compressed.map(({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let end = 0;
  for (const each of compressed) {
    bytes.set(each, end);
    end += each.length;
  }
  parentPort?.postMessage({ bytes, lengths } satisfies CompressedTexts, [bytes.buffer]);
});
