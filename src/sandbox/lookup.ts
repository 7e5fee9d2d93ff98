const indexes = new WeakMap<object, Map<string, number>>();

/**
 * The row with this uuid. Remembers where each row stood and checks it, so a world may be changed at any time: a row that
 * moved, or was never seen, costs one pass over the list.
 */
export function findByUuid<Row extends { uuid: string }>(rows: Row[], uuid: string): Row | undefined {
  const known = rows[indexes.get(rows)?.get(uuid) ?? -1];
  if (known?.uuid === uuid) return known;
  const index = new Map(rows.map((row, position) => [row.uuid, position]));
  indexes.set(rows, index);
  return rows[index.get(uuid) ?? -1];
}
