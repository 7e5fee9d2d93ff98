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
 * Puts a sum() in place of SQLite's own, for this connection, that is NULL where amounts add up to more than 64 bits; SQLite's own is
 * an error there, which would cost all other figures. It calls back for each row, which takes many times as long: only for then.
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
