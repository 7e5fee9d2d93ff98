import { expect, test } from "vitest";
import { needsListing } from "../../../src/sync/plan/unmet-rejects.ts";

const detail = async () => undefined;
const rejects = (count: number, hasKey: boolean) => Array.from({ length: count }, () => ({ hasKey }));

test.each([
  { name: "nothing was rejected", detail, rejects: [], needs: false },
  { name: "200 can be requested by their keys", detail, rejects: rejects(200, true), needs: false },
  { name: "more than a page of them can be requested", detail, rejects: rejects(201, true), needs: true },
  { name: "one has no key", detail, rejects: [...rejects(3, true), ...rejects(1, false)], needs: true },
  { name: "the API has no request for one", detail: undefined, rejects: rejects(1, true), needs: true },
])("the listing is needed: $needs, where $name", ({ detail, rejects, needs }) => {
  expect(needsListing({ detail }, rejects)).toBe(needs);
});
