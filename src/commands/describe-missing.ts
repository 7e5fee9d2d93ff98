/** What the operator can do about records that did not validate. */
export const missingHint =
  "Install a newer version, or report the `reason`. Every sync requests the record again until it can be stored.";

/** Describes this number of records that did not validate and are still not stored. */
export function describeMissing(count: number, of = ""): string {
  const [records, are, outdated] =
    count === 1 ? ["record", "it is", "has its old row"] : ["records", "they are", "have their old rows"];
  return `${count} ${records}${of} did not validate: ${are} missing, or ${outdated}; see rejected_records`;
}
