/** The sign for a character that cannot be read: U+FFFD. */
const replacement = "\ufffd";

/**
 * Makes a text legible to every reader of SQLite. Half a surrogate pair is not UTF-8; it is left where a name was cut in the middle of an
 * emoji. A character of code 0 ends a text for many readers. Both become U+FFFD.
 */
export function makeLegible(text: string): string {
  return text.toWellFormed().replaceAll("\0", replacement);
}

const perhapsIllegible = /\\u(?:0000|[dD][89a-fA-F])/;
// Whole pairs first, then halves. Every other escape is passed over: the second half of `\\` must not begin one.
const escapes =
  /(\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})|\\u(?:0000|[dD][89a-fA-F][\da-fA-F]{2})|(\\.)/gs;

/** Does the same for the texts in a JSON text, where such characters are written as escapes. */
export function makeJsonLegible(json: string): string {
  // The first search is many times as fast, and mostly enough.
  if (!json.includes("\\u") || !perhapsIllegible.test(json)) return json;
  return json.replace(escapes, (_, pair?: string, other?: string) => pair ?? other ?? "\\ufffd");
}
