import { expect, test } from "vitest";
import { clientOf, json, KEY, serve } from "./serve.ts";

test("a request is a GET that asks for JSON as the owner of the key, with an empty password", async () => {
  const served = await serve(json({ entries: [] }));
  await clientOf(served.url).get("customers");
  const [request] = served.requests;
  expect(request?.method).toBe("GET");
  expect(request?.url).toBe("/v1/customers");
  expect(request?.headers.accept).toBe("application/json");
  const [scheme, credentials = ""] = request?.headers.authorization?.split(" ") ?? [];
  expect(scheme).toBe("Basic");
  expect(Buffer.from(credentials, "base64").toString()).toBe(`${KEY}:`);
});

test("a cursor arrives as it was given, whatever signs it holds", async () => {
  const served = await serve(json({}));
  const cursor = "MjAxNi0wMS0wMVQ+/w==&page=2#é 100%";
  await clientOf(served.url).get("plans", { per_page: 200, cursor, deep: true });
  const [asked = ""] = served.asked();
  expect(asked).toContain("%3D%3D%26page%3D2%23");
  const { searchParams } = new URL(asked, "http://host");
  expect(Object.fromEntries(searchParams)).toEqual({ per_page: "200", cursor, deep: "true" });
});

test("the body is given as it was received", async () => {
  const body = { entries: [{ uuid: "cus_1", "customer-since": null, mrr: 0.5 }], has_more: false };
  const served = await serve(json(body));
  expect(await clientOf(served.url).get("customers")).toEqual(body);
});

test("the clock is the injected one, also for the patient client", async () => {
  const day = new Date("2026-02-03T04:05:06Z");
  const api = clientOf("http://127.0.0.1:9/v1", { now: () => day });
  expect(api.now()).toBe(day);
  expect(api.patient.now()).toBe(day);
});
