/** The value itself, which cannot be missing. Throws an Error that names it if it is missing all the same: a fault of this program. */
export function requireDefined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
