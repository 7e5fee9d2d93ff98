/**
 * The most characters that a part of a record's key may have. ChartMogul's keys have 40. Keys of this length fit into a page of an SQLite index
 * and into a URL, whatever characters they have.
 */
export const longestKey = 255;

/** The most characters of a child row's own part of the key, such as the name of an attribute. It is never part of a URL. */
export const longestName = 1000;

/** True for a key with a longer part. Nothing is stored under such a key, and it may not fit into a URL. */
export function isTooLong(key: string): boolean {
  return key.split("/").some((part) => part.length > longestKey);
}
