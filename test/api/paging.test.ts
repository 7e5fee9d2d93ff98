import { describe, expect, test } from "vitest";
import type { Page } from "../../src/api/api-client.ts";
import { pages, pagesOfEach, single } from "../../src/api/paging.ts";
import { ApiError } from "../../src/errors.ts";
import { clientOf, inTurn, json, pagesOf, serve } from "../http/serve.ts";

const umbrella = (number: number) => ({ uuid: `umb_${number}` });

/** A page of a listing of umbrellas. */
const page = (numbers: readonly number[], has_more: boolean, cursor: unknown) =>
  json({ umbrellas: numbers.map(umbrella), has_more, cursor });

const umbrellas = pages("umbrellas", "umbrellas");

describe("a listing that cannot be read to its end is an ApiError and not asked for again", () => {
  const first = page([1, 2], true, "c1");

  test.each([
    ["an empty page that says has_more", page([], true, "c2")],
    ["has_more with null as cursor", page([3], true, null)],
    ["has_more with an empty cursor", page([3], true, "")],
    ["has_more without a cursor", json({ umbrellas: [umbrella(3)], has_more: true })],
    ["has_more with a cursor that is no text", page([3], true, 17)],
    ["the cursor that was just followed", page([3], true, "c1")],
    ["no list", json({ has_more: false, cursor: null })],
    ["something else than a list", json({ umbrellas: { 0: umbrella(3) }, has_more: false, cursor: null })],
    ["no has_more", json({ umbrellas: [umbrella(3)], cursor: "c2" })],
    ["has_more as a word", json({ umbrellas: [umbrella(3)], has_more: "false", cursor: "c2" })],
    ["null", json(null)],
    ["a list instead of an object", json([umbrella(3)])],
  ])("%s", async (_fault, second) => {
    const served = await serve(inTurn(first, second));
    const read: Page[] = [];
    const readPages = async () => {
      for await (const found of umbrellas.pages(clientOf(served.url), {})) read.push(found);
    };
    const error = await readPages().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).message).toContain("ChartMogul answered GET /umbrellas with ");
    expect((error as ApiError).hint).toBeDefined();
    expect(read).toEqual([{ records: [umbrella(1), umbrella(2)], cursor: "c1" }]);
    expect(served.requests).toHaveLength(2);
  });

  test("a cursor of long ago", async () => {
    const served = await serve(inTurn(first, page([3], true, "c2"), page([4], true, "c1")));
    await expect(pagesOf(umbrellas, clientOf(served.url))).rejects.toThrow("the cursor c1 a second time");
    expect(served.requests).toHaveLength(3);
  });

  test("the cursor from which the listing started", async () => {
    const served = await serve(page([3], true, "saved"));
    await expect(pagesOf(umbrellas, clientOf(served.url), { cursor: "saved" })).rejects.toThrow(
      "the cursor saved a second time",
    );
    expect(served.requests).toHaveLength(1);
  });

  test("an error reply in the middle", async () => {
    const served = await serve(inTurn(first, json({ message: "No" }, 403)));
    await expect(pagesOf(umbrellas, clientOf(served.url))).rejects.toMatchObject({ status: 403 });
  });
});

test("a listing ends where has_more is false, although there is still a cursor", async () => {
  const served = await serve(inTurn(page([1], true, "c1"), page([2], false, "c2"), page([], false, null)));
  expect(await pagesOf(umbrellas, clientOf(served.url))).toEqual([
    { records: [umbrella(1)], cursor: "c1" },
    { records: [umbrella(2)], cursor: undefined },
  ]);
  expect(served.requests).toHaveLength(2);
});

test("an empty listing is one page without records", async () => {
  const served = await serve(page([], false, null));
  expect(await pagesOf(umbrellas, clientOf(served.url))).toEqual([{ records: [], cursor: undefined }]);
});

test("each page is asked for with 200 records and all other parameters", async () => {
  const served = await serve(
    inTurn(page([1], true, "a=="), page([2], true, "b+/="), page([3], false, "c==")),
  );
  await pagesOf(pages("umbrellas", "umbrellas", { order: "-date", open: true }), clientOf(served.url));
  expect(served.asked()).toEqual([
    "umbrellas?order=-date&open=true&per_page=200",
    "umbrellas?order=-date&open=true&per_page=200&cursor=a%3D%3D",
    "umbrellas?order=-date&open=true&per_page=200&cursor=b%2B%2F%3D",
  ]);
});

test("a listing continues from a saved cursor", async () => {
  const served = await serve(page([7], false, "end"));
  expect(await pagesOf(umbrellas, clientOf(served.url), { cursor: "saved==" })).toEqual([
    { records: [umbrella(7)], cursor: undefined },
  ]);
  expect(served.asked()).toEqual(["umbrellas?per_page=200&cursor=saved%3D%3D"]);
});

test("pages are asked for one by one, as they are wanted", async () => {
  const served = await serve(inTurn(page([1], true, "c1"), page([2], true, "c2"), page([3], false, null)));
  for await (const { cursor } of umbrellas.pages(clientOf(served.url), {})) {
    if (cursor === "c2") break;
  }
  expect(served.requests).toHaveLength(2);
});

describe("a listing of each parent", () => {
  const ribs = pagesOfEach("umbrellas", (key) => `umbrellas/${key}/ribs`, "ribs");

  test("names its parent, which a listing of the account does not have", () => {
    expect(ribs.parent).toBe("umbrellas");
    expect(umbrellas.parent).toBeUndefined();
  });

  test("is read below the parent's key, whatever signs it holds", async () => {
    const served = await serve(json({ ribs: [{ id: 1 }], has_more: false, cursor: "r" }));
    expect(await pagesOf(ribs, clientOf(served.url), { parent: "umb 1/../?x=ü#" })).toEqual([
      { records: [{ id: 1 }], cursor: undefined },
    ]);
    expect(served.asked()).toEqual(["umbrellas/umb%201%2F..%2F%3Fx%3D%C3%BC%23/ribs?per_page=200"]);
  });

  test("continues from a saved cursor of that parent", async () => {
    const served = await serve(json({ ribs: [], has_more: false, cursor: null }));
    await pagesOf(ribs, clientOf(served.url), { parent: "umb_2", cursor: "saved" });
    expect(served.asked()).toEqual(["umbrellas/umb_2/ribs?per_page=200&cursor=saved"]);
  });

  test("lets the listings of the account go first", async () => {
    const served = await serve(json({ ribs: [], umbrellas: [umbrella(1)], has_more: false, cursor: null }));
    const api = clientOf(served.url, { requestsPerSecond: 20 });
    await api.get("first");
    await Promise.all([
      pagesOf(ribs, api, { parent: "umb_1" }),
      pagesOf(ribs, api, { parent: "umb_2" }),
      pagesOf(umbrellas, api),
    ]);
    expect(served.asked().map((asked) => asked.replace(/\?.*/, ""))).toEqual([
      "first",
      "umbrellas",
      "umbrellas/umb_1/ribs",
      "umbrellas/umb_2/ribs",
    ]);
  });
});

test("a path with one object is one page with that object", async () => {
  const served = await serve(json({ name: "Umbrella Makers" }));
  expect(await pagesOf(single("account"), clientOf(served.url))).toEqual([
    { records: [{ name: "Umbrella Makers" }], cursor: undefined },
  ]);
  expect(served.asked()).toEqual(["account"]);
});
