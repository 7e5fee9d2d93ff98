import { expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { resources } from "../../src/resources/index.ts";
import { createCounts } from "../../src/sync/report.ts";
import { openPageStore } from "../../src/sync/write/store-page.ts";
import { syncedScene } from "../commands/scene-here.ts";
import { runOn } from "../support/warehouse.ts";

test("verify finds what older versions stored of half an emoji, and rebuild mends it", async () => {
  const { runHere, warehouse: path, worlds, rows, value } = await syncedScene();
  const [customer] = worlds[0]?.customers ?? [];
  const resource = resources.find(({ name }) => name === "customers");
  if (!customer || !resource) throw new Error("no customers");
  const warehouse = openWarehouse(path);
  // These records have not come through the reader.
  const odd = {
    ...customer,
    name: "Acme \ud83d",
    external_ids: ["\ude80"],
    attributes: { ...customer.attributes, tags: ["\ud83d"], custom: { "k\ud83d": "v\0" } },
  };
  const run = runOn(warehouse);
  await openPageStore(
    run,
    resource,
    createCounts(),
  )({ records: [odd, { ...odd, uuid: "cus_odd", mrr: "no" }] });
  warehouse.close();
  const kept = () => rows("SELECT resource, key, changed_at, first_seen_at FROM raw_records");
  const before = kept();

  const found = await runHere(["verify"]);
  expect(found.code).toBe(1);
  expect(found.stdout).toContain(
    `${customer.uuid}: it contains half a surrogate pair, or a character with code 0`,
  );
  expect(found.stdout).toContain(`${customer.uuid}: name was received as "Acme \ufffd" and is stored as`);
  expect(found.stdout).toMatch(/rejected_records.*1 row with text in json that not every reader can read/);
  expect(found.stdout).toMatch(/record_changes.*with text in new_value that not every reader can read/);

  expect(await runHere(["rebuild"])).toMatchObject({ code: 0 });
  expect(kept()).toEqual(before);
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  for (const { name } of rows(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  )) {
    for (const column of rows(`SELECT name FROM pragma_table_info('${name}') WHERE type = 'TEXT'`)) {
      const texts = rows(`SELECT CAST("${column["name"]}" AS BLOB) AS text FROM "${name}"`);
      for (const { text } of texts)
        expect(utf8.decode((text as Buffer | null) ?? Buffer.of())).not.toMatch(/\0|\\ud83d|\\u0000/);
    }
  }
  expect(value(`SELECT hex(name) FROM customers WHERE uuid = '${customer.uuid}'`)).toBe("41636D6520EFBFBD");
  const again = await runHere(["verify"]);
  expect(again.stdout).not.toMatch(/not every reader|surrogate|stored otherwise than received/);
});
