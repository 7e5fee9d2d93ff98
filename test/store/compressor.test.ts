import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { compressTexts } from "../../src/store/compress-texts.ts";
import { openCompressor } from "../../src/store/compressor.ts";

const built = new URL("../../build/store/compression-thread.js", import.meta.url);
const installed = new URL("../../dist/compression-thread.js", import.meta.url);
const sample = '{"uuid":"","amount":0}';
const texts = Array.from({ length: 200 }, (_, index) => `{"uuid":"é${index}","amount":${index * 7}}`);

function compressor(thread: URL, processors = 2) {
  const opened = openCompressor(thread, processors);
  onTestFinished(() => opened.close());
  return opened;
}

/** A thread that runs this when it gets its first page. */
const threadThat = (does: string) =>
  new URL(
    `data:text/javascript,import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { ${does} });`,
  );

test.for([
  ["of the build", built],
  ["of the package", installed],
] as const)("the thread %s compresses each text by itself, pages in their order", async ([, thread]) => {
  const { compress } = compressor(thread);
  const pages = [texts, texts.slice(0, 20), [], texts.slice(50)];
  const compressed = await Promise.all(pages.map((page) => compress({ texts: page, sample })));
  expect(compressed).toEqual(pages.map((page) => compressTexts({ texts: page, sample })));
});

test.for([
  ["is not there", new URL("file:///nowhere/thread.js")],
  ["fails", threadThat('throw new Error("no memory")')],
  ["ends", threadThat("process.exit()")],
] as const)("where the thread %s, the caller's own does the work, once and for all", async ([, thread]) => {
  const { compress } = compressor(thread);
  const expected = compressTexts({ texts, sample });
  const both = [compress({ texts, sample }), compress({ texts, sample })];
  expect(await Promise.all(both)).toEqual([expected, expected]);
  expect(await compress({ texts, sample })).toEqual(expected);
});

test("where no thread can start at first, no page gets the texts of another", async () => {
  let isAllowed = false;
  const opened = openCompressor(built, 2, (thread, options) => {
    if (!isAllowed) throw new Error("no more threads");
    return new Worker(thread, options);
  });
  onTestFinished(() => opened.close());
  for (const page of [texts, texts.slice(20), texts.slice(40)]) {
    expect(await opened.compress({ texts: page, sample })).toEqual(compressTexts({ texts: page, sample }));
    isAllowed = true;
  }
});

test("with one processor, and for few texts, there is no thread", async () => {
  const never = threadThat("for (;;);");
  expect(await compressor(never, 1).compress({ texts, sample })).toEqual(compressTexts({ texts, sample }));
  const few = texts.slice(0, 3);
  expect(await compressor(never).compress({ texts: few, sample })).toEqual(
    compressTexts({ texts: few, sample }),
  );
});
