import { countFitting, fitRecord, listNames } from "../json/fit.ts";

/** Records that fit. */
interface FittedRecords {
  readonly records: readonly unknown[];
  /** A sentence for the agent; undefined where everything fitted. */
  readonly note: string | undefined;
}

/**
 * The records, from the first on, that fit into these bytes of JSON. At least one is among them, so that a reader who continues after
 * the last one gets on. A record that alone is too large loses its largest parts.
 */
export function fitRecords(bytes: number, records: readonly unknown[]): FittedRecords {
  const count = countFitting(bytes, records);
  if (count === records.length) return { records, note: undefined };
  const only = `The answer would be too large: there are ${Math.max(1, count)} of ${records.length} records`;
  if (count > 0)
    return { records: records.slice(0, count), note: `${only}. Continue with cursor, without page.` };
  const { record, without } = fitRecord(bytes - "[]".length, records[0]);
  return {
    records: [record],
    note: `${only}, and without ${listNames(without)}. Continue with cursor, without page; query has what is left out.`,
  };
}
