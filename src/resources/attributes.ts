import * as z from "zod";
import { ExactNumber } from "../json/exact-number.ts";
import { writeJson } from "../json/write-json.ts";
import { isObject } from "../schema/row-reader.ts";

/** Attributes by name. Not zod's `record`, which drops names such as `__proto__`. An empty list means no attributes. */
export const attributeValues = z
  .custom<object>((value) => isObject(value) && (!Array.isArray(value) || value.length === 0))
  .nullish();

/** One element for each attribute, with its type and its value as text. */
export function readAttributes(values: object | null | undefined) {
  return Object.entries(values ?? {}).map(([name, value]) => ({ name, ...typed(value) }));
}

function typed(value: unknown): { type: string | null; value: string | null } {
  if (value === null || value === undefined) return { type: null, value: null };
  if (typeof value === "boolean") return { type: "boolean", value: String(value) };
  if (typeof value === "number" || value instanceof ExactNumber) {
    const digits = String(value);
    return { type: /^-?\d+$/.test(digits) ? "integer" : "decimal", value: digits };
  }
  if (typeof value !== "string") return { type: "json", value: writeJson(value) };
  // Timestamps are the only attributes that ChartMogul writes as `YYYY-MM-DD HH:MM:SS`.
  return { type: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value) ? "timestamp" : "string", value };
}
