import { withoutMarks } from "./exact-number.ts";

/** The JSON text of a value, with exact numbers as they were read. */
export function writeJson(value: unknown, indent?: number): string {
  return withoutMarks(JSON.stringify(value, null, indent));
}
