import type { Warehouse } from "../database/open.ts";
import type { CustomerNames } from "./customer-names.ts";

/** A field whose changes are in `record_changes`. */
export interface ChangedField {
  readonly resource: "customers" | "subscriptions";
  readonly field: string;
}

/** The values that a field had one after the other, and the customers that had them. */
export interface FieldChange {
  readonly values: readonly (string | null)[];
  /** True where the value was only given another name, in the table that names it. */
  readonly renamed: boolean;
  readonly count: number;
  readonly customers: readonly { readonly key: string; readonly name: string }[];
}

interface FieldChangeRow {
  readonly first: string | null;
  readonly rest: string;
  readonly count: number;
  readonly customers: string;
}

/** The courses of a field since a timestamp, the rarest first. Of each course `most` customers are named. */
export function readFieldChanges(
  { sqlite }: Warehouse,
  account: string,
  since: string,
  { resource, field }: ChangedField,
  { names, most }: { readonly names: CustomerNames; readonly most: number },
): FieldChange[] {
  const rows = sqlite
    .prepare<[string, string, string, string], FieldChangeRow>(courses)
    .all(account, since, resource, field);
  const newNames = sqlite
    .prepare<[string, string], [string, string]>(renamedPlans)
    .raw()
    .all(account, since)
    .map((names) => JSON.stringify(names));
  const isNewName = new Set(field === "plan" ? newNames : []);
  return rows.map(({ first, rest, count, customers }) => {
    const values = [first, ...listOf(rest)];
    return {
      values,
      renamed: isNewName.has(JSON.stringify(values)),
      count,
      customers: listOf(customers)
        .slice(0, most)
        .map(String)
        .map((key) => ({ key, name: names.of(key) })),
    };
  });
}

function listOf(json: string): (string | null)[] {
  return JSON.parse(json) as (string | null)[];
}

// The customer is the first part of a subscription's key and all of its own.
const courses = `
  WITH course AS (
    SELECT substr(key, 1, instr(key || '/', '/') - 1) AS customer,
      json_extract(json_group_array(old_value ORDER BY changed_at, rowid), '$[0]') AS first,
      json_group_array(new_value ORDER BY changed_at, rowid) AS rest
    FROM record_changes WHERE account = ? AND changed_at >= ? AND resource = ? AND field = ?
    GROUP BY key)
  SELECT first, rest, count(DISTINCT customer) AS count, json_group_array(DISTINCT customer) AS customers
  FROM course GROUP BY first, rest ORDER BY count, first, rest`;

const renamedPlans = `
  SELECT old_value, new_value FROM record_changes
  WHERE account = ? AND changed_at >= ? AND resource = 'plans' AND field = 'name'`;
