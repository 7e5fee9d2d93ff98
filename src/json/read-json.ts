import { mark, unmark } from "./exact-number.ts";
import { makeJsonLegible } from "./legible-text.ts";
import { keepReceivedTexts } from "./received-texts.ts";
import { type Span, surveyJson } from "./survey.ts";

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
  return parse(text, () => {});
}

/** Reads the body of a response in the same way, and remembers the texts of the records in its list (`findReceivedText`). */
export function readBody(text: string): unknown {
  return parse(text, keepReceivedTexts);
}

function parse(text: string, onPage: typeof keepReceivedTexts): unknown {
  const json = makeJsonLegible(text.startsWith("\ufeff") ? text.slice(1) : text);
  const survey = surveyJson(json);
  const { exact, levels } = survey;
  const isWhole = levels <= mostLevels;
  const value: unknown = JSON.parse(exact.length === 0 ? json : withMarks(json, exact));
  if (isWhole) onPage(value, json, survey);
  return isWhole && exact.length === 0 ? value : finish(value, []);
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
