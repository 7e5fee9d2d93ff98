const controls = "\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}\\u{FFF9}-\\u{FFFB}";

// A joiner within an emoji, and one that separates two letters of a joined script, belongs to the word.
const joiner =
  "(?<=[\\p{Extended_Pictographic}\\p{EMod}\\p{VS}\\p{M}\\p{sc=Arabic}\\p{sc=Mongolian}])[\\u{200C}\\u{200D}]";

/** Control characters, and those without width or that turn the direction of writing: they mislead a reader, who does not see them. */
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
 * Makes a text one line that is safe for a terminal. What cannot be seen becomes a sign: `␛` for an escape, `␊` for a line feed, and
 * `\u202e` for a character without a sign of its own.
 */
export function makeVisible(text: string): string {
  return text.replaceAll(unseen, sign);
}

/** Makes JSON or CSV safe for a terminal. Line feeds and tabs stay, and JSON keeps its value. */
export function makeDataVisible(text: string): string {
  return text.replaceAll(unseen, (character) =>
    /[\n\r\t]/.test(character) ? character : escaped(character),
  );
}
