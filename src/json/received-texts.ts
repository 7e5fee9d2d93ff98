import type { Survey } from "./survey.ts";

type Texts = readonly (string | undefined)[];

const textsOf = new WeakMap<readonly unknown[], Texts>();

/**
 * Gives the texts of the records in a list as they were received, in the same order. A text is undefined where it may not be the one that
 * `writeJson` makes of the record, all of them where the list did not come from `readBody`.
 */
export function findReceivedTexts(records: readonly unknown[]): Texts {
  return textsOf.get(records) ?? [];
}

/** Remembers the texts of the objects in the only list of a page. `page` is the value of the text `json`. */
export function keepReceivedTexts(page: unknown, json: string, { listed }: Pick<Survey, "listed">): void {
  const list = findOnlyList(page);
  // Where a key is there twice, the text has more objects than the value.
  if (list?.length !== listed.length || !list.every(isPlainObject)) return;
  let backslash = json.indexOf("\\");
  const texts = listed.map(({ start, end, isAsWritten }) => {
    if (backslash >= 0 && backslash < start) backslash = json.indexOf("\\", start);
    // An escape may be written in several ways.
    const hasEscape = backslash >= 0 && backslash < end;
    return isAsWritten && !hasEscape ? copy(json, start, end) : undefined;
  });
  textsOf.set(list, texts);
}

/** Unlike a slice, a copy does not keep the whole page in memory: two loads of 20,000 invoices took 30 MB more with slices. */
function copy(json: string, start: number, end: number): string {
  return [json.slice(start, end - 1), json.slice(end - 1, end)].join("");
}

function findOnlyList(page: unknown): readonly unknown[] | undefined {
  if (!isPlainObject(page)) return undefined;
  const lists = Object.values(page).filter((value) => Array.isArray(value) && value.length > 0);
  return lists.length === 1 ? lists[0] : undefined;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
