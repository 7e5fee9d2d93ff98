import type { OddField } from "../state/status.ts";

const linesOfEach = 10;

/** The fields of records that the tables lack, one line each. If a resource has many, one line counts the rest. */
export function describeOddFields(fields: readonly OddField[]): string[] {
  const groups = new Map<string, OddField[]>();
  for (const field of fields) {
    const of = `${field.account} ${field.resource}`;
    groups.set(of, [...(groups.get(of) ?? []), field]);
  }
  return [...groups].flatMap(([of, own]) => {
    const lines = own.slice(0, linesOfEach).map((field) => `${of}: ${inWords(field)}`);
    const rest = own.length - lines.length;
    return rest > 0 ? [...lines, `${of}: ${rest} more fields; see sync_odd_fields`] : lines;
  });
}

function inWords({ field, problem, records }: OddField): string {
  const where = `in ${records} ${records === 1 ? "record" : "records"}`;
  return `${field}, ${where}, ${problem}${problem === "was missing" ? "" : "; `raw` shows it"}`;
}
