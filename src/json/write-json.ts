import { removeMarks } from "./exact-number.ts";

/** Writes a value as JSON, with exact numbers as they were read. */
export function writeJson(value: unknown, indent?: number): string {
  return removeMarks(JSON.stringify(value, null, indent));
}
