import type { OddField } from "../state/status.ts";

const linesOfEach = 10;

/** What records hold that is not in the tables, one line for each field; of a resource with many the rest is one line. */
export function oddFieldLines(fields: readonly OddField[]): string[] {
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
