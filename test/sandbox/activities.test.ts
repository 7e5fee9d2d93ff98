import { expect, test } from "vitest";
import { clientOf, onTheWire, serveSmall } from "./serve.ts";

test("the cursor of activities loses a row at each page boundary, and the repaired one does not", async () => {
  const { client, world } = await serveSmall();
  const total = world.activities.length;
  expect(world.activitiesCursor).toBe("first-of-next-page");
  const lossy = await client.readAll("/activities?per_page=10");
  expect(lossy).toHaveLength(total - Math.ceil(total / 11) + 1);
  world.activitiesCursor = "last-of-page";
  expect(await client.readAll("/activities?per_page=10")).toHaveLength(total);
});

test("start-after with the last row's uuid shows every activity once, by date", async () => {
  const { client, world } = await serveSmall();
  const rows: Record<string, unknown>[] = [];
  let page = await client.body("/activities?per_page=10");
  rows.push(...(page.entries ?? []));
  while (page["has_more"] === true) {
    page = await client.body(`/activities?per_page=10&start-after=${rows.at(-1)?.["uuid"]}`);
    rows.push(...(page.entries ?? []));
  }
  expect(rows).toHaveLength(world.activities.length);
  const dates = rows.map((row) => String(row["date"]));
  expect(dates).toEqual(dates.toSorted());
});

test("activities can be narrowed by date and type and turned round", async () => {
  const { client, world } = await serveSmall();
  world.activitiesCursor = "last-of-page";
  const rows = await client.readAll(
    "/activities?start-date=2025-06-01&end-date=2025-08-31&type=new_biz&order=-date",
  );
  const expected = world.activities.filter(
    ({ date, type }) => type === "new_biz" && date >= "2025-06-01" && date < "2025-09-01",
  );
  expect(expected.length).toBeGreaterThan(1);
  expect(rows).toEqual(onTheWire(expected.toReversed()));
});

test("a customer's activities have numbers instead of uuids and come newest first", async () => {
  const { sandbox, world } = await serveSmall();
  const customer = world.activities.find((activity) => activity.type === "churn")?.["customer-uuid"];
  const rows = await clientOf(sandbox).readAll(`/customers/${customer}/activities?per_page=1`);
  const expected = world.activities.filter((activity) => activity["customer-uuid"] === customer);
  expect(rows.map((row) => row["date"])).toEqual(expected.map((activity) => activity.date).reverse());
  expect(Object.keys(rows[0] ?? {})).toHaveLength(10);
  expect(rows[0]?.["id"]).toSatisfy(Number.isSafeInteger);
});
