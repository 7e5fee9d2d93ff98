import { mark, unmark } from "./exact-number.ts";
import { makeJsonLegible } from "./legible-text.ts";

/** How many levels of lists and objects a text may have; those of ChartMogul have eight. The JSON library of Ruby, which writes them, has the same limit. */
export const mostLevels = 100;

/** The text in place of lists and objects below that level. */
export const cutOff = `(nested deeper than ${mostLevels} levels)`;

const cut = new WeakSet<object>();

/** True where this object, or one directly within it, was read incompletely because it was nested too deep. */
export function wasCut(value: unknown): boolean {
  const isCut = (each: unknown) => typeof each === "object" && each !== null && cut.has(each);
  return isCut(value) || (typeof value === "object" && value !== null && Object.values(value).some(isCut));
}

/**
 * Reads the value of a JSON text. Unlike JSON.parse it
 * - keeps the digits of every number: where a JavaScript number would lose some, it gives an ExactNumber;
 * - gives text that every reader of SQLite can read: half a surrogate pair and the character of code 0 become U+FFFD;
 * - cuts off what is nested too deep for its readers (`wasCut`);
 * - skips a byte order mark.
 *
 * Throws a SyntaxError where the text is not JSON.
 */
export function readJson(text: string): unknown {
  const json = makeJsonLegible(text.startsWith("\ufeff") ? text.slice(1) : text);
  const { exact, levels } = survey(json);
  if (exact.length === 0 && levels <= mostLevels) return JSON.parse(json);
  const value: unknown = JSON.parse(withMarks(json, exact));
  return finish(value, []);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Survey {
  /** The positions of numbers whose digits a JavaScript number would change. */
  readonly exact: readonly Span[];
  readonly levels: number;
}

/** Passes over a text once, from one string to the next. What is not JSON is left for JSON.parse to refuse. */
function survey(json: string): Survey {
  const exact: Span[] = [];
  let level = 0;
  let levels = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at);
    else if (code === minus || isDigit(code)) {
      const start = at;
      at = endOfNumber(json, at);
      if (isExact(json, start, at + 1)) exact.push({ start, end: at + 1 });
    } else if (isOpening(code)) {
      level += 1;
      levels = Math.max(level, levels);
    } else if (isClosing(code)) level -= 1;
  }
  return { exact, levels };
}

const quote = 0x22;
const minus = 0x2d;
const backslash = 0x5c;

/** The index of the quote that ends the string beginning here, or of the end of the text. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}

/** The index of the last character of the number beginning here. */
function endOfNumber(json: string, start: number): number {
  let at = start;
  while (isOfNumber(json.charCodeAt(at + 1))) at += 1;
  return at;
}

const isOpening = (code: number) => code === 0x7b || code === 0x5b;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
/** True for digits, `.`, `-`, `+`, `e` and `E`. */
const isOfNumber = (code: number) =>
  isDigit(code) || code === 0x2e || code === minus || code === 0x2b || code === 0x65 || code === 0x45;

// JavaScript can hold every whole number of this many digits.
const short = /^(?:0|-?[1-9]\d{0,14})$/;
const whole = /^-?\d+$/;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function isExact(json: string, start: number, end: number): boolean {
  if (end - start === 1) return false;
  const digits = json.slice(start, end);
  if (short.test(digits) || !number.test(digits)) return false;
  return whole.test(digits) || String(Number(digits)) !== digits || /e/.test(digits);
}

function withMarks(json: string, exact: readonly Span[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of exact) {
    parts.push(json.slice(done, start), mark(json.slice(start, end)));
    done = end;
  }
  return parts.join("") + json.slice(done);
}

/** Makes exact numbers of marked strings, and cuts off what is too deep; `above` are the objects around the value. */
function finish(value: unknown, above: object[]): unknown {
  if (typeof value === "string") return unmark(value) ?? value;
  if (typeof value !== "object" || value === null) return value;
  if (above.length === mostLevels) {
    for (const each of above) cut.add(each);
    return cutOff;
  }
  above.push(value);
  for (const [key, each] of Object.entries(value)) {
    const finished = finish(each, above);
    // Not by assignment: that of `__proto__` would set no key.
    if (finished !== each) Object.defineProperty(value, key, { ...ofData, value: finished });
  }
  above.pop();
  return value;
}

const ofData = { writable: true, enumerable: true, configurable: true };
