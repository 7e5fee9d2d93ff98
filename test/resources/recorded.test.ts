import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import { noCounts } from "../../src/sync/report.ts";
import { pageStore } from "../../src/sync/store-page.ts";
import { runOn, temporaryWarehouse } from "../support/warehouse.ts";

// Real answers of ChartMogul, which are not part of this repository.
const folder = process.env["CHARTMOGUL_RECORDED_DIR"];
if (folder === undefined) {
  console.warn(
    "CHARTMOGUL_RECORDED_DIR is not set: the recorded answers of ChartMogul are NOT tested in this run.",
  );
}

type Body = Readonly<Record<string, unknown>>;

/** Which bodies belong to a resource, and where in them its records stand. */
const recordings: Readonly<Record<string, { readonly files: RegExp; readonly list?: string }>> = {
  account: { files: /^account\./ },
  plans: { files: /^(plans?|plan_group_plans)\.(?!\d{3}_)/, list: "plans" },
  customers: { files: /^(customers?|customers_search)\.(?!404)/, list: "entries" },
  subscriptions: { files: /^customer_subscriptions\./, list: "entries" },
  invoices: { files: /^(invoices?|import_customer_invoices)\./, list: "invoices" },
};

describe.skipIf(folder === undefined)("recorded answers", () => {
  const recorded = join(folder ?? "", "recorded");
  const body = (file: string): Body => JSON.parse(readFileSync(join(recorded, file), "utf8"));

  const load = async (name: string, records: readonly unknown[]) => {
    const resource = resources.find((candidate) => candidate.name === name);
    if (!resource) throw new Error(`there is no resource ${name}`);
    const warehouse = temporaryWarehouse();
    const counts = noCounts();
    await pageStore(runOn(warehouse), resource, counts)({ records, parent: "cus_recorded" });
    const rejected = warehouse.sqlite.prepare("SELECT reason FROM rejected_records").pluck().all();
    return { rejected, stored: counts.inserted };
  };

  test.each(Object.entries(recordings))(
    "every body of %s validates and loads",
    async (name, { files, list }) => {
      const bodies = readdirSync(recorded).filter((file) => files.test(file));
      expect(bodies).not.toHaveLength(0);
      for (const file of bodies) {
        const whole = body(file);
        const records = (list === undefined ? undefined : whole[list]) ?? [whole];
        if (!Array.isArray(records)) throw new Error(`${file} has no list`);
        expect({ file, ...(await load(name, records)) }).toEqual({
          file,
          rejected: [],
          stored: records.length,
        });
      }
    },
  );

  test("the metrics of both listings load as days", async () => {
    const [all, mrr] = ["metrics_all.json", "metrics_mrr.json"].map(
      (file) => body(file)["entries"] as Body[],
    );
    const days = (all ?? []).map((entry, index) => ({
      date: entry["date"],
      "metrics/all": entry,
      "metrics/mrr": mrr?.[index],
    }));
    expect(await load("daily_metrics", days)).toEqual({ rejected: [], stored: 2 });
  });
});
