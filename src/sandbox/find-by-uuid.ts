const indexes = new WeakMap<object, Map<string, number>>();

/**
 * Finds the index of the row with this uuid, -1 where there is none. It remembers the index of each row and checks it, so a world
 * may change at any time. A row that moved, or is requested for the first time, costs one pass over the list.
 */
export function findIndexByUuid(rows: readonly { uuid: string }[], uuid: string): number {
  const known = indexes.get(rows)?.get(uuid) ?? -1;
  if (rows[known]?.uuid === uuid) return known;
  const index = new Map(rows.map((row, position) => [row.uuid, position]));
  indexes.set(rows, index);
  return index.get(uuid) ?? -1;
}

/** Finds the row with this uuid, as fast as its index. */
export function findByUuid<Row extends { uuid: string }>(
  rows: readonly Row[],
  uuid: string,
): Row | undefined {
  return rows[findIndexByUuid(rows, uuid)];
}
