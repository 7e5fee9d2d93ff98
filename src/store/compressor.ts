import { availableParallelism } from "node:os";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { compressTexts, type TextsToCompress } from "./compress-texts.ts";

/** Compresses the texts of pages, in a thread of its own where there are many. */
export interface Compressor {
  /** Compresses each text by itself, in the same order. */
  compress(task: TextsToCompress): Promise<readonly Buffer[]>;
  /** Ends the thread; called when nothing is being compressed. */
  close(): void;
}

type StartThread = (file: URL, options: WorkerOptions) => Worker;

/** What the thread replies: the compressed texts one after the other, and how long each is. */
export interface CompressedTexts {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: readonly number[];
}

// A message to the thread and back costs as much as a few texts.
const fewTexts = 10;

const ownThread = new URL("compression-thread.js", import.meta.url);

/**
 * Opens a compressor. The first page of many texts starts its thread, unless there is one processor only. Where the thread cannot start
 * or breaks down, the caller's own thread does the work.
 */
export function openCompressor(
  thread = ownThread,
  processors = availableParallelism(),
  startThread: StartThread = (file, options) => new Worker(file, options),
): Compressor {
  let mayStart = processors > 1;
  let worker: Worker | undefined;
  const waiting: { readonly task: TextsToCompress; settle(reply: CompressedTexts | undefined): void }[] = [];

  const close = () => {
    void worker?.terminate();
    worker = undefined;
  };
  const giveUp = () => {
    mayStart = false;
    close();
    for (const { settle } of waiting.splice(0)) settle(undefined);
  };
  const start = () => {
    // A page is some 400 kB of text. Left to itself, the thread collects 10 MB more of them before it frees any.
    const started = startThread(thread, { resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    started.on("message", (reply: CompressedTexts) => {
      waiting.shift()?.settle(reply);
      if (waiting.length === 0) started.unref();
    });
    started.on("error", giveUp);
    started.on("messageerror", giveUp);
    started.on("exit", giveUp);
    return started;
  };

  return {
    async compress(task) {
      if (!mayStart || task.texts.length < fewTexts) return compressTexts(task);
      try {
        worker ??= start();
      } catch {
        // Where the process may have no more threads, Node says so at once.
        giveUp();
        return compressTexts(task);
      }
      const thread = worker;
      const reply = await new Promise<CompressedTexts | undefined>((settle) => {
        waiting.push({ task, settle });
        // Node would end the process while only this thread has something to do.
        thread.ref();
        thread.postMessage(task);
      });
      return reply?.lengths.length === task.texts.length ? split(reply) : compressTexts(task);
    },
    close,
  };
}

function split({ bytes, lengths }: CompressedTexts): Buffer[] {
  let start = 0;
  return lengths.map((length) => {
    const text = Buffer.from(bytes.buffer, start, length);
    start += length;
    return text;
  });
}
