import { expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import { describeOrphanRows } from "../../src/store/orphan-rows.ts";
import { temporaryWarehouse } from "../support/warehouse.ts";

test.each(resources.map((resource) => [resource.name, resource] as const))(
  "whether rows of %s belong to a record is asked by its whole key",
  (name, resource) => {
    const { sqlite } = temporaryWarehouse();
    for (const { table, missing, where } of describeOrphanRows(resource)) {
      const plan = sqlite
        .prepare<object, { detail: string }>(
          `EXPLAIN QUERY PLAN SELECT count(*) FROM "${table}" WHERE ${where}`,
        )
        .all({ account: "default", resource: name })
        .map(({ detail }) => detail)
        .join("\n");
      const wholeKey =
        missing === "record"
          ? /^SEARCH record .*\(account=\? AND resource=\? AND key=\?\)$/m
          : /^SEARCH parent .*\(account=\?( AND \w+=\?)+\)$/m;
      expect(plan).toMatch(wholeKey);
    }
  },
);
