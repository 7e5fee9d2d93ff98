/** What stands for a character that cannot be read: U+FFFD. */
const replacement = "\ufffd";

/**
 * The text such that every reader of SQLite can read it: half a surrogate pair, as where a name was cut in the middle of an emoji, is
 * no UTF-8, and a character of code 0 ends a text for many. Both become U+FFFD.
 */
export function legible(text: string): string {
  return text.toWellFormed().replaceAll("\0", replacement);
}

const perhapsIllegible = /\\u(?:0000|[dD][89a-fA-F])/;
// Whole pairs first, then halves; every other escape is only passed by, so that the second half of `\\` begins none.
const escapes =
  /(\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})|\\u(?:0000|[dD][89a-fA-F][\da-fA-F]{2})|(\\.)/gs;

/** The same for the texts in a JSON text, where such characters are written as escapes. */
export function legibleJson(json: string): string {
  if (!perhapsIllegible.test(json)) return json;
  return json.replace(escapes, (_, pair?: string, other?: string) => pair ?? other ?? "\\ufffd");
}
