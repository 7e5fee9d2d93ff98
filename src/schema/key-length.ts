/**
 * How many characters a part of a record's key may have. ChartMogul's have 40. So much fits into a page of an index of SQLite, and into
 * the URL that asks for the record, whatever characters they are.
 */
export const longestKey = 255;

/** The same for what tells a child from the others of its record, such as the name of an attribute: no URL has it. */
export const longestName = 1000;

/** True for a key with a longer part: nothing is stored under such a key any more, and no URL can be trusted to hold it. */
export function isTooLong(key: string): boolean {
  return key.split("/").some((part) => part.length > longestKey);
}
