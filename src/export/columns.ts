import type { DictionaryTable } from "../dictionary/dictionary.ts";

/** A column of an exported table. */
export interface ExportColumn {
  readonly name: string;
  /** The column of the warehouse that it is read from: money is read once and written in both units. */
  readonly stored: string;
  /** Its type in SQL, as DuckDB and Parquet know it. */
  readonly type: string;
  /** Whether JSON holds its text as it is, as it does numbers, and not between quotes. */
  readonly isBare: boolean;
  /** The text of a stored value, the same in every format; undefined where the value is not of the type. */
  readonly text: (value: unknown) => string | undefined;
}

type ColumnFormat = Pick<ExportColumn, "type" | "isBare" | "text">;

const matching = (type: string, form: RegExp, replacement: string): ColumnFormat => ({
  type,
  isBare: false,
  text: (value) =>
    typeof value === "string" && form.test(value) ? value.replace(form, replacement) : undefined,
});

// By the type that the data dictionary declares.
const formats: Readonly<Record<string, ColumnFormat>> = {
  TEXT: {
    type: "VARCHAR",
    isBare: false,
    text: (value) => (typeof value === "string" ? value : undefined),
  },
  INTEGER: {
    type: "BIGINT",
    isBare: true,
    text: (value) => (typeof value === "bigint" ? String(value) : undefined),
  },
  DOUBLE: {
    type: "DOUBLE",
    isBare: true,
    text: (value) => (typeof value === "number" && Number.isFinite(value) ? String(value) : undefined),
  },
  BOOLEAN: {
    type: "BOOLEAN",
    isBare: true,
    text: (value) => (value === 0n || value === 1n ? String(value === 1n) : undefined),
  },
  DATE: matching("DATE", /^(\d{4}-\d\d-\d\d)$/, "$1"),
  DATETIME: matching("TIMESTAMP", /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/, "$1T$2"),
  BLOB: {
    type: "BLOB",
    isBare: false,
    text: (value) => (Buffer.isBuffer(value) ? value.toString("base64") : undefined),
  },
};

// As many digits as hundredths of 64 bits have.
const decimal = { type: "DECIMAL(19,2)", isBare: true };
/** Hundredths in main units, without a detour by way of floating point. */
const mainUnits: ColumnFormat = {
  ...decimal,
  text(value) {
    if (typeof value !== "bigint") return undefined;
    const amount = value < 0n ? -value : value;
    const digits = String(amount).padStart(3, "0");
    return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  },
};

const roundedUnits: ColumnFormat = {
  ...decimal,
  // Above, toFixed gives a power of ten, and there are no hundredths any more.
  text: (value) => (typeof value === "number" && Math.abs(value) < 1e17 ? value.toFixed(2) : undefined),
};

const centsEnding = "_in_cents";

/**
 * The columns that a table is exported with, without the one that it is partitioned by. Money in hundredths is followed by the same
 * amount in main units; where the table has such a column of its own, that one becomes a decimal instead.
 */
export function createExportColumns({ columns }: DictionaryTable): ExportColumn[] {
  const names = new Set(columns.map(({ name }) => name));
  return columns
    .filter(({ name }) => name !== partition)
    .flatMap(({ name, type }) => {
      const own = { name, stored: name, ...kindOf(type, names.has(name + centsEnding)) };
      if (!name.endsWith(centsEnding)) return own;
      const units = name.slice(0, -centsEnding.length);
      return names.has(units) ? own : [own, { name: units, stored: name, ...mainUnits }];
    });
}

/** The column of the account: it is in the names of the folders and not in the files. */
export const partition = "account";

function kindOf(declared: string, hasCents: boolean): ColumnFormat {
  if (hasCents && declared === "DOUBLE") return roundedUnits;
  const kind = formats[declared];
  if (kind === undefined) throw new Error(`no export type for ${declared}`);
  return kind;
}
