import { readFileSync } from "node:fs";
import * as z from "zod";
import { ConfigError } from "../errors.ts";
import type { Fault, FaultEffect } from "../sandbox/faults.ts";

const longestRefusal = 3_600_000;
const largestRecord = 100_000_000;

const text = z.string("is not a text").min(1, "is empty");
const yesOrNo = z.boolean("is not true or false").exactOptional();

function wholeNumber(least: number, most: number) {
  const range = `is not between ${least} and ${most}`;
  return z.number("is not a number").int("is not a whole number").min(least, range).max(most, range);
}

const count = wholeNumber(1, 1_000_000).exactOptional();

function kind<Kind extends string, Fields extends z.ZodRawShape>(name: Kind, fields: Fields) {
  return z.strictObject({ kind: z.literal(name), ...fields });
}

const misbehaviours = {
  status: kind("status", {
    status: wholeNumber(400, 599),
    body: z.enum(["json", "text", "html"], "is not one of json, text, html").exactOptional(),
    retryAfter: text.regex(/^[\x20-\x7e]*$/, "cannot be sent in a header").exactOptional(),
    echo: yesOrNo,
  }),
  html: kind("html", {}),
  refuse: kind("refuse", { milliseconds: wholeNumber(1, longestRefusal) }),
  reset: kind("reset", {}),
  resetInBody: kind("resetInBody", {}),
  cut: kind("cut", {}),
  stall: kind("stall", {}),
  silence: kind("silence", {}),
  gzip: kind("gzip", {}),
  wrongType: kind("wrongType", { field: text, everyRecord: yesOrNo }),
  null: kind("null", {}),
  noKey: kind("noKey", {}),
  large: kind("large", { bytes: wholeNumber(1, largestRecord) }),
  twice: kind("twice", {}),
  sameCursor: kind("sameCursor", {}),
  emptyPage: kind("emptyPage", {}),
  loseRest: kind("loseRest", {}),
  deleteCustomer: kind("deleteCustomer", {}),
} satisfies { [Kind in FaultEffect["kind"]]: z.ZodType<Extract<FaultEffect, { kind: Kind }>> };

/** What a list of faults may hold, for the help of a command. */
export const faultHelp = [
  'A fault affects the requests whose path and query match the regular expression "path". The field "account" limits it to one account. The field "from" is the number of the first affected request, and "times" says how many are affected. Without these fields, every request is affected.',
  `What goes wrong is one "kind":
  status          an error with a "status" from 400 to 599; optional: "body" ("json", "text" or "html"),
                  "retryAfter" (that header), "echo": true (repeats the API key in the body)
  html            a web page instead of JSON
  refuse          all connections are destroyed and new ones refused, for "milliseconds"
  reset           the connection is reset before the answer
  resetInBody     the connection is reset after half the answer
  cut             half the answer, then the connection ends normally
  stall           half the answer, then nothing
  silence         no answer
  gzip            an answer that cannot be decompressed
  wrongType       another type for the value of "field": in the first record, or with "everyRecord": true in all
  null            a null among the records
  noKey           a record without its uuid
  large           a record that is longer by "bytes"
  twice           the last record of the previous page, repeated
  sameCursor      a page whose next cursor is the cursor of the request
  emptyPage       a page without records that announces more
  loseRest        a page that says it is the last one
  deleteCustomer  the requested customer is deleted just before`,
];

const { status, ...others } = misbehaviours;
const misbehaviour = z.discriminatedUnion("kind", [status, ...Object.values(others)], {
  error: ({ input }) =>
    typeof input === "object" && input !== null
      ? `is not one of ${Object.keys(misbehaviours).join(", ")}`
      : "is not an object",
});

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

function listOfFaults(accounts: readonly string[]): z.ZodType<Fault[]> {
  return z.array(
    z.strictObject(
      {
        account: z.enum(accounts, `is not one of ${accounts.join(", ")}`).exactOptional(),
        path: text.refine(isRegularExpression, "is not a regular expression"),
        from: count,
        times: count,
        what: misbehaviour,
      },
      "is not an object",
    ),
    "is not a list",
  );
}

/** Where in the file the issue is, such as `, fault 2: what.status`. */
function placeOf(issue: z.core.$ZodIssue): string {
  const [place, ...above] = issue.path;
  const field = issue.code === "unrecognized_keys" ? [...above, issue.keys[0]] : above;
  if (typeof place !== "number") return "";
  return field.length === 0 ? `, fault ${place + 1}` : `, fault ${place + 1}: ${field.join(".")}`;
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return "is unknown";
  if (issue.input === undefined) return "is missing";
  return typeof issue.input === "object" ? issue.message : `${issue.message}: ${JSON.stringify(issue.input)}`;
}

/** Reads the list of faults for a sandbox with these accounts. Throws a ConfigError that names the fault and its field. */
export function readFaults(path: string, accounts: readonly string[]): Fault[] {
  const parsed = listOfFaults(accounts).safeParse(readJson(path), { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${path}${issue ? `${placeOf(issue)} ${wordsOf(issue)}` : " is not valid"}`, {
    hint: "`chartmogul-warehouse sandbox --help` shows what a fault looks like.",
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof SyntaxError) {
      throw new ConfigError(`${path} is not JSON: ${words}`, { hint: "Correct the file.", cause });
    }
    throw new ConfigError(`cannot read ${path}: ${words}`, {
      hint: "Give --faults a readable file.",
      cause,
    });
  }
}
