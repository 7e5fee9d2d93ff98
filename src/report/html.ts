import { requireDefined } from "../errors.ts";

/** Text that is already HTML, so that nothing is escaped twice or forgotten. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type HtmlPart = Html | string | number | null | readonly Html[];

/** HTML with values put in: text is escaped, HTML stays, null is nothing. */
export function html(pieces: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  const written = values.map(
    (value, index) => render(value) + requireDefined(pieces[index + 1], "the text behind a value"),
  );
  return new Html(requireDefined(pieces[0], "the text before the first value") + written.join(""));
}

function render(value: HtmlPart): string {
  if (value === null) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escapeHtml(String(value));
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}
