import { type ChangesWanted, digestOf } from "../../changes/changes.ts";
import { recordChangesSince, restatementsSince } from "../../changes/noticed.ts";
import type { Warehouse } from "../../database/open.ts";

/** What the lists of an account are called, for the help. */
export const jsonFields = `\
  incomplete        what may be missing: resource, reason, at
  won, lost         new and former paying customers; MRR now, or when lost
  wonAndLost        both since then
  cameBack          cancelled or deleted ones that are there again
  merged            became part of another customer, merged_into
  importedAnew      the same customers under other uuids, imported_as
  newLeads          new and not paying yet
  newCancelled      new to ChartMogul, but cancelled already
  deletedLeads      deleted, never paid
  deletedCancelled  deleted, had been cancelled long before
  mrrTotals         of mrrChanges: customers, up, down
  mrrChanges        other customers who pay more or less: before, after
  planMoves         values one after the other (course), and whose
  statusMoves       the same for the customer's status
  restatedMonths    before, after, days changed, of each month and metric
  resources         how many records were inserted, updated, deleted, restored
  changes           rows of record_changes
  restatements      rows of daily_metric_restatements`;

// Small enough that a line stays small, large enough that writing it costs nothing beside making it.
const elementsPerLine = 500;

/** One JSON document in pieces, none of which holds more than some hundred changes. */
export function* changesAsJson(
  warehouse: Warehouse,
  since: string,
  all: readonly ChangesWanted[],
): Iterable<string> {
  yield `{"since": ${JSON.stringify(since)}, "accounts": [`;
  for (const [index, wanted] of all.entries()) {
    yield index === 0 ? "{" : ", {";
    const { account, currency, mrrTotals, ...lists } = digestOf(warehouse, wanted);
    yield JSON.stringify({ account, currency, mrrTotals }).slice(1, -1);
    for (const [name, list] of Object.entries(lists)) yield* member(name, asTexts(list));
    yield* member("changes", recordChangesSince(warehouse, wanted));
    yield* member("restatements", restatementsSince(warehouse, wanted));
    yield "}";
  }
  yield "]}";
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
