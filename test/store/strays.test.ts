import { expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import { straysOf } from "../../src/store/strays.ts";
import { temporaryWarehouse } from "../support/warehouse.ts";

test.each(resources.map((resource) => [resource.name, resource] as const))(
  "whether rows of %s belong to a record is asked by its whole key",
  (name, resource) => {
    const { sqlite } = temporaryWarehouse();
    for (const { table, lacking, where } of straysOf(resource)) {
      const plan = sqlite
        .prepare<object, { detail: string }>(
          `EXPLAIN QUERY PLAN SELECT count(*) FROM "${table}" WHERE ${where}`,
        )
        .all({ account: "default", resource: name })
        .map(({ detail }) => detail)
        .join("\n");
      const wholeKey =
        lacking === "record"
          ? /^SEARCH record .*\(account=\? AND resource=\? AND key=\?\)$/m
          : /^SEARCH parent .*\(account=\?( AND \w+=\?)+\)$/m;
      expect(plan).toMatch(wholeKey);
    }
  },
);
