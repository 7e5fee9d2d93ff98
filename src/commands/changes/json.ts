import { readRecordChanges, readRestatements } from "../../changes/change-rows.ts";
import { type AccountChanges, type ChangesQuery, readChanges } from "../../changes/changes.ts";
import type { Warehouse } from "../../database/open.ts";

/** The lists of an account, for the help. */
export const jsonFields = `\
  incomplete         what may be missing: resource, reason, at
  won, lost          new and former paying customers; MRR now, or when lost
  won_and_lost       both since then
  came_back          cancelled or deleted customers that are back
  merged             became part of another customer, merged_into
  reimported         the same customers with other uuids, imported_as
  new_leads          new and not paying yet
  new_cancelled      new to ChartMogul, but already cancelled
  deleted_leads      deleted, never paid
  deleted_cancelled  deleted, were cancelled long before
  mrr_totals         of mrr_changes: customers, up, down
  mrr_changes        other customers who pay more or less: before, after
  plan_changes       successive values (values), and their customers
  status_changes     the same for customers' statuses
  restated_months    for each month and metric: before, after, days changed
  resources          numbers of records inserted, updated, deleted, restored
  changes            rows of record_changes
  restatements       rows of daily_metric_restatements`;

// Small enough for short lines, large enough that writing costs little beside querying.
const elementsPerLine = 500;

/** One JSON document in pieces of a few hundred changes at most. */
export function* writeChangesAsJson(
  warehouse: Warehouse,
  since: string,
  all: readonly ChangesQuery[],
): Iterable<string> {
  yield `{"since": ${JSON.stringify(since)}, "accounts": [`;
  for (const [index, wanted] of all.entries()) {
    yield index === 0 ? "{" : ", {";
    const { account, currency, mrrTotals, ...lists } = readChanges(warehouse, wanted);
    yield JSON.stringify({ account, currency, mrr_totals: mrrTotals }).slice(1, -1);
    for (const [name, list] of Object.entries(listsByName(lists))) yield* member(name, asTexts(list));
    yield* member("changes", readRecordChanges(warehouse, wanted));
    yield* member("restatements", readRestatements(warehouse, wanted));
    yield "}";
  }
  yield "]}";
}

/** The lists by their names in JSON, which are spelled as columns are. */
function listsByName(lists: Omit<AccountChanges, "account" | "currency" | "mrrTotals">) {
  return {
    incomplete: lists.incomplete,
    won: lists.won,
    lost: lists.lost,
    won_and_lost: lists.wonAndLost,
    came_back: lists.cameBack,
    merged: lists.merged,
    reimported: lists.reimported,
    new_leads: lists.newLeads,
    new_cancelled: lists.newCancelled,
    deleted_leads: lists.deletedLeads,
    deleted_cancelled: lists.deletedCancelled,
    mrr_changes: lists.mrrChanges,
    plan_changes: lists.planChanges,
    status_changes: lists.statusChanges,
    restated_months: lists.restatedMonths,
    resources: lists.resources,
  };
}

function* asTexts(elements: Iterable<unknown>): Iterable<string> {
  for (const element of elements) yield JSON.stringify(element);
}

function* member(name: string, elements: Iterable<string>): Iterable<string> {
  yield `, "${name}": [`;
  let line: string[] = [];
  let before = "";
  for (const element of elements) {
    line.push(element);
    if (line.length < elementsPerLine) continue;
    yield before + line.join(",\n");
    before = ",";
    line = [];
  }
  if (line.length > 0) yield before + line.join(",\n");
  yield "]";
}
