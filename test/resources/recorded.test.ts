import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resources } from "../../src/resources/index.ts";
import { createCounts } from "../../src/sync/report.ts";
import { openPageStore } from "../../src/sync/write/store-page.ts";
import { runOn, temporaryWarehouse } from "../support/warehouse.ts";

// Real answers of ChartMogul, which are not part of this repository.
const folder = process.env["RECORDED_ANSWERS_DIR"];
if (folder === undefined) {
  console.warn(
    "RECORDED_ANSWERS_DIR is not set: the recorded answers of ChartMogul are NOT tested in this run.",
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
  data_sources: { files: /^data_sources?\.(?!\d{3}_)/, list: "data_sources" },
  plan_groups: { files: /^plan_groups?\.(?!\d{3}_)/, list: "plan_groups" },
  plan_group_plans: { files: /^plan_group_plans\./, list: "plans" },
  activities: { files: /^activities\.(?!\d{3}\.)/, list: "entries" },
  subscription_events: { files: /^subscription_events\./, list: "subscription_events" },
  contacts: { files: /^contacts?\./, list: "entries" },
  notes: { files: /^customer_notes?\./, list: "entries" },
  opportunities: { files: /^opportunit(y|ies)\./, list: "entries" },
  tasks: { files: /^tasks?\./, list: "entries" },
};

describe.skipIf(folder === undefined)("recorded replies", () => {
  const recorded = join(folder ?? "", "recorded");
  const body = (file: string): Body => JSON.parse(readFileSync(join(recorded, file), "utf8"));

  const load = async (name: string, records: readonly unknown[]) => {
    const resource = resources.find((candidate) => candidate.name === name);
    if (!resource) throw new Error(`there is no resource ${name}`);
    const warehouse = temporaryWarehouse();
    const counts = createCounts();
    await openPageStore(runOn(warehouse), resource, counts)({ records, parent: "cus_recorded" });
    const rejected = warehouse.sqlite.prepare("SELECT reason FROM rejected_records").pluck().all();
    const odd = warehouse.sqlite.prepare("SELECT field || ' ' || problem FROM sync_odd_fields").pluck().all();
    return { rejected, odd, stored: counts.inserted };
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
          odd: [],
          stored: records.length,
        });
      }
    },
  );

  test("every recorded body of a read is loaded by one of these", () => {
    const others =
      // Bodies of other routes, of writes and of errors.
      /^(ping|metrics_|activities_export|customer_(activities|attributes)|import_customer_subscriptions|INDEX)|\.\d{3}[._]|create\./;
    const unread = readdirSync(recorded).filter(
      (file) => !others.test(file) && Object.values(recordings).every(({ files }) => !files.test(file)),
    );
    expect(unread).toEqual([]);
  });

  test("the documentation's example of an event loads, which has another key for the customer", async () => {
    const file = join(folder ?? "", "examples/subscription_event.docs.entry.json");
    const event = JSON.parse(readFileSync(file, "utf8"));
    expect(event).not.toHaveProperty("customer_external_id");
    expect(await load("subscription_events", [event])).toEqual({ rejected: [], odd: [], stored: 1 });
  });

  test("notes of contacts load, which only the newer listing has", async () => {
    const { entries } = JSON.parse(
      readFileSync(join(folder ?? "", "examples/notes.contact.mock.json"), "utf8"),
    );
    expect(await load("notes", entries)).toEqual({ rejected: [], odd: [], stored: 2 });
  });

  test("the metrics of both listings load as days", async () => {
    const [all, mrr] = ["metrics_all.json", "metrics_mrr.json"].map(
      (file) => body(file)["entries"] as Body[],
    );
    const days = (all ?? []).map((entry, index) => ({
      date: entry["date"],
      "metrics/all": entry,
      "metrics/mrr": mrr?.[index],
    }));
    expect(await load("daily_metrics", days)).toEqual({ rejected: [], odd: [], stored: 2 });
    const months = days.map((day) => ({ ...day, interval: "month" }));
    expect(await load("period_metrics", months)).toEqual({ rejected: [], odd: [], stored: 2 });
  });
});
