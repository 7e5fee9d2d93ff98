/** What is to be done about records that did not validate. */
export const missingHint =
  "Install a newer version, or report it with its `reason`; every sync asks for it again until it can be stored.";

/** What the operator is told of so many records that did not validate and could not be stored since. */
export function missingInWords(count: number, of = ""): string {
  const [records, are, they] = count === 1 ? ["record", "is", "it was"] : ["records", "are", "they were"];
  return `${count} ${records}${of} did not validate and ${are} missing, or as ${they} before; see rejected_records`;
}
