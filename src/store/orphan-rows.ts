import { getShape } from "../schema/table.ts";
import { selectRecordKey } from "./record-key.ts";
import type { RecordTables } from "./record-tables.ts";

/** Describes how to find the rows of one table that lack the record or row they belong to. */
export interface OrphanRows {
  readonly table: string;
  /** What the rows lack. */
  readonly missing: "record" | "row";
  /** The SQL condition that finds the rows; its parameters are `account` and `resource`. */
  readonly where: string;
  /** An SQL expression for the key of the record that the rows would belong to. */
  readonly key: string;
}

/**
 * Describes how to find the rows of a resource without a stored record, then the rows of children without their parent's row.
 * Other orphan rows are impossible, because one transaction writes everything of a record.
 */
export function describeOrphanRows({
  table,
  children,
}: Pick<RecordTables, "table" | "children">): OrphanRows[] {
  const { name, key } = getShape(table);
  const recordKey = selectRecordKey(table, `"${name}"`);
  return [
    {
      table: name,
      missing: "record",
      where: `account = @account AND NOT EXISTS (SELECT 1 FROM raw_records AS record
        WHERE record.account = "${name}".account AND record.resource = @resource AND record.key = ${recordKey})`,
      key: recordKey,
    },
    ...children.map((child): OrphanRows => {
      const { name: own, key: ownKey } = getShape(child.table);
      return {
        table: own,
        missing: "row",
        where: `account = @account AND NOT EXISTS (SELECT 1 FROM "${name}" AS parent
          WHERE parent.account = "${own}".account AND ${isParent(key, `"${own}"."${ownKey[1]}"`)})`,
        key: `"${own}"."${ownKey[1]}"`,
      };
    }),
  ];
}

/**
 * Gives the condition for the row with this key of one part or two. It compares part by part, which lets the index of the key
 * find the row.
 */
function isParent([, first, second]: readonly string[], child: string): string {
  if (second === undefined) return `parent."${first}" = ${child}`;
  const slash = `instr(${child}, '/')`;
  return `parent."${first}" = substr(${child}, 1, ${slash} - 1) AND parent."${second}" = substr(${child}, ${slash} + 1)`;
}
