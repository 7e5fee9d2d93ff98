/** A part of a text. */
export interface Span {
  readonly start: number;
  /** The index behind its last character. */
  readonly end: number;
}

/** An object in a list that is a property of the outermost object: such as a record on a page. */
interface ListedObject extends Span {
  /** False where it has spaces between its parts, or a key such as `12`, which JavaScript moves to the front. */
  readonly isAsWritten: boolean;
}

/** What one pass over a JSON text finds. */
export interface Survey {
  /** The positions of numbers whose digits a JavaScript number would change. */
  readonly exact: readonly Span[];
  readonly levels: number;
  /** In the order of the text. */
  readonly listed: readonly ListedObject[];
}

/** Passes over a text once, from one string to the next. What is not JSON is left for JSON.parse to refuse. */
export function surveyJson(json: string): Survey {
  const pass = new Pass(json);
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = pass.passString(at);
    else if (beginsNumber(code)) at = pass.passNumber(at);
    else if (isOpening(code)) pass.open(code, at);
    else if (isClosing(code)) pass.close(code, at);
    else if (code <= space) pass.isAsWritten = false;
  }
  return pass;
}

/** What a pass has found so far. */
class Pass implements Survey {
  readonly exact: Span[] = [];
  readonly listed: ListedObject[] = [];
  levels = 0;
  /** Of the object that is being passed. */
  isAsWritten = true;
  readonly #json: string;
  #level = 0;
  #isInList = false;
  #start = 0;

  constructor(json: string) {
    this.#json = json;
  }

  /** Passes a string, and returns the index of its last character. */
  passString(start: number): number {
    const end = endOfString(this.#json, start);
    const isKey = this.#json.charCodeAt(end + 1) === colon;
    if (isKey && isDigit(this.#json.charCodeAt(start + 1))) this.isAsWritten = false;
    return end;
  }

  /** Passes a number, and returns the index of its last character. */
  passNumber(start: number): number {
    const end = endOfNumber(this.#json, start);
    if (isExact(this.#json, start, end)) this.exact.push({ start, end });
    return end - 1;
  }

  open(code: number, at: number): void {
    this.#level += 1;
    if (this.#level > this.levels) this.levels = this.#level;
    if (this.#level === 2) this.#isInList = code === bracket;
    if (this.#level !== 3) return;
    this.#start = at;
    this.isAsWritten = true;
  }

  close(code: number, at: number): void {
    if (this.#level === 3 && this.#isInList && code === closingBrace)
      this.listed.push({ start: this.#start, end: at + 1, isAsWritten: this.isAsWritten });
    this.#level -= 1;
  }
}

const space = 0x20;
const quote = 0x22;
const minus = 0x2d;
const colon = 0x3a;
const bracket = 0x5b;
const backslash = 0x5c;
const closingBrace = 0x7d;

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

/** The index behind the number beginning here. */
function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (isOfNumber(json.charCodeAt(end))) end += 1;
  return end;
}

const isOpening = (code: number) => code === 0x7b || code === bracket;
const isClosing = (code: number) => code === closingBrace || code === 0x5d;
const beginsNumber = (code: number) => code === minus || isDigit(code);
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
