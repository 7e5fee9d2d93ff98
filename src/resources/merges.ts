import type { Warehouse } from "../database/open.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";

interface Ids {
  readonly uuid: string;
  readonly external_ids: string;
  readonly data_source_uuids: string;
}

/**
 * Fills `customers.merged_into`. ChartMogul does not report merges, but the survivor has the external ids and data sources of the merged
 * customer. If exactly one live customer has all of them, it is the survivor.
 */
export function linkMerged({ sqlite }: Warehouse, account: string): void {
  const vanished = sqlite
    .prepare<[string], Ids>(
      `SELECT uuid, external_ids, data_source_uuids FROM customers
       WHERE account = ? AND deleted_at IS NOT NULL AND merged_into IS NULL AND external_ids <> '[]'`,
    )
    .all(account);
  if (vanished.length === 0) return;
  const survivors = byExternalId(
    sqlite
      .prepare<[string], Ids>(
        `SELECT uuid, external_ids, data_source_uuids FROM customers
         WHERE account = ? AND deleted_at IS NULL AND json_array_length(external_ids) > 1`,
      )
      .iterate(account),
  );
  const link = sqlite.prepare("UPDATE customers SET merged_into = ? WHERE account = ? AND uuid = ?");
  for (const customer of vanished) {
    const [first] = listOf(customer.external_ids);
    const candidates = (survivors.get(first) ?? []).filter(
      (survivor) =>
        contains(survivor.external_ids, customer.external_ids) &&
        contains(survivor.data_source_uuids, customer.data_source_uuids),
    );
    const [survivor, another] = candidates;
    if (survivor && !another) link.run(survivor.uuid, account, customer.uuid);
  }
}

function byExternalId(customers: Iterable<Ids>): Map<unknown, Ids[]> {
  const byId = new Map<unknown, Ids[]>();
  for (const customer of customers) {
    for (const id of new Set(listOf(customer.external_ids))) {
      byId.set(id, [...(byId.get(id) ?? []), customer]);
    }
  }
  return byId;
}

function contains(all: string, some: string): boolean {
  const ids = new Set(listOf(all));
  return listOf(some).every((id) => ids.has(id));
}

/** The elements of a list, each as JSON text, so elements of any type can be compared. */
function listOf(json: string): readonly (string | undefined)[] {
  const list = readJson(json);
  return Array.isArray(list) ? list.map((element) => writeJson(element)) : [];
}
