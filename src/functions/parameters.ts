import * as z from "zod";
import { makeLegible } from "../json/legible-text.ts";

/** Says what is wrong with a value that is not there, or not of the type. */
const missingOr = (words: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? "is missing" : words),
});

/** A text that is not empty. Half a character in it, which no URL can hold, becomes U+FFFD. */
export const text = () =>
  z.string(missingOr("is not a text")).overwrite(makeLegible).trim().min(1, "is empty");

const wholeNumber = (least: number, most: number, range: string) =>
  z.number(missingOr("is not a number")).int("is not a whole number").min(least, range).max(most, range);

/** The place of a page in a list. */
export const paging = {
  per_page: wholeNumber(1, 200, "is not between 1 and 200")
    .default(50)
    .describe("Records on a page, 1 to 200 (50)."),
  page: wholeNumber(1, 1_000_000, "is not a page number from 1")
    .optional()
    .describe("Number of the page, from 1; not together with cursor."),
  cursor: text()
    .optional()
    .describe("`cursor` of the previous result: returns the next page. Keep the other parameters."),
};

/** ChartMogul's identifier of a customer. */
export const customerUuid = () => text().regex(/^cus_/, "does not begin with cus_");

/** A day of the calendar, `YYYY-MM-DD`. */
export const day = () => z.iso.date(missingOr("is not a day of the calendar, such as 2025-01-31"));

/** One of several words in any case, with spaces, `_` or `-`; `spellings` gives for each what it stands for. */
export function word<const Meaning extends string>(spellings: Readonly<Record<string, Meaning>>) {
  const meanings = [...new Set(Object.values(spellings))];
  return text().transform((given, context) => {
    const spelling = given.toLowerCase().replaceAll(/[\s_-]+/g, " ");
    const meaning = Object.hasOwn(spellings, spelling) ? spellings[spelling] : undefined;
    if (meaning !== undefined) return meaning;
    context.addIssue({ code: "custom", message: `is not one of ${meanings.join(", ")}` });
    return z.NEVER;
  });
}
