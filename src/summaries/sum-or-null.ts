import type Database from "better-sqlite3";

interface Sum {
  whole: bigint;
  rest: number;
  values: number;
  reals: number;
}

const add = (sum: Sum, value: unknown, sign: 1 | -1) => {
  if (typeof value === "bigint") sum.whole += BigInt(sign) * value;
  else if (typeof value === "number") sum.rest += sign * value;
  else return sum;
  sum.values += sign;
  if (typeof value === "number") sum.reals += sign;
  return sum;
};

const fits = (whole: bigint) => BigInt.asIntN(64, whole) === whole;

/**
 * Replaces SQLite's sum() on this connection by one that is NULL if amounts add up to more than 64 bits. SQLite's own fails then, and all other
 * figures would be lost. This one is many times slower, since it calls back for each row: use it only after such a failure.
 */
export function defineSumOrNull(sqlite: Database.Database): void {
  sqlite.aggregate("sum", {
    safeIntegers: true,
    start: (): Sum => ({ whole: 0n, rest: 0, values: 0, reals: 0 }),
    step: (sum: Sum, value: unknown) => add(sum, value, 1),
    inverse: (sum: Sum, value: unknown) => add(sum, value, -1),
    result: ({ whole, rest, values, reals }: Sum) => {
      if (values === 0) return null;
      if (reals > 0) return Number(whole) + rest;
      return fits(whole) ? whole : null;
    },
  });
}

/** True for the error of SQLite's own sum(). */
export function isOverflow(error: unknown): boolean {
  return error instanceof Error && error.message === "integer overflow";
}
