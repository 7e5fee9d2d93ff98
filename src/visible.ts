const controls = "\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\\u{FFF9}-\\u{FFFB}";

// What joins the parts of an emoji, or parts two letters where these are written joined, belongs to the word.
const joiner =
  "(?<=[\\p{Extended_Pictographic}\\p{EMod}\\p{VS}\\p{M}\\p{sc=Arabic}\\p{sc=Mongolian}])[\\u{200C}\\u{200D}]";

/** Control characters, and those that have no width or turn the direction of writing: a reader does not see them, and is misled. */
const unseen = new RegExp(`(?!${joiner})(?!\\p{VS})[${controls}\\p{DI}]`, "gu");

const escaped = (character: string) =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("");

function sign(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : escaped(character);
}

/**
 * A text as one line that a terminal only shows: of what is unseen there are signs, `␛` for an escape, `␊` for a line feed, and
 * `\u202e` for what has no sign of its own.
 */
export function visible(text: string): string {
  return text.replaceAll(unseen, sign);
}

/** JSON, or CSV, as a terminal only shows it: its lines and tabs stay, JSON is the same value as before. */
export function visibleData(text: string): string {
  return text.replaceAll(unseen, (character) =>
    /[\n\r\t]/.test(character) ? character : escaped(character),
  );
}
