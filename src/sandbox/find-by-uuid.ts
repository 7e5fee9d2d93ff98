const indexes = new WeakMap<object, Map<string, number>>();

/**
 * Finds the row with this uuid. It remembers the index of each row and checks it, so a world may change at any time. A row that
 * moved, or is requested for the first time, costs one pass over the list.
 */
export function findByUuid<Row extends { uuid: string }>(rows: Row[], uuid: string): Row | undefined {
  const known = rows[indexes.get(rows)?.get(uuid) ?? -1];
  if (known?.uuid === uuid) return known;
  const index = new Map(rows.map((row, position) => [row.uuid, position]));
  indexes.set(rows, index);
  return rows[index.get(uuid) ?? -1];
}
