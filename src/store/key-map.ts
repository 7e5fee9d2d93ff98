/**
 * Remembers the row of each raw record by the record's key. A slot takes 12 bytes, and at least a third of the slots are free; a Map would
 * take a hundred bytes for each key. It holds hashes of the keys, so two keys may have the same row: read the row to be sure.
 */
export interface KeyMap {
  /** Gives the row of a key, or of another key with the same hash; undefined where there is neither. */
  find(key: string): number | undefined;
  /** Sets the row of a key. Rows are numbered from 1. */
  set(key: string, row: number): void;
}

const smallest = 1 << 12;
const mostFilled = 0.66;

/** Creates an empty map. */
export function createKeyMap(): KeyMap {
  let hashes = new Float64Array(smallest);
  let rows = new Uint32Array(smallest);
  let count = 0;

  /** The slot that has this hash, or the free one where it belongs. */
  const slotOf = (hash: number) => {
    const mask = rows.length - 1;
    let slot = hash & mask;
    while (rows[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  };
  const put = (hash: number, row: number) => {
    const slot = slotOf(hash);
    if (rows[slot] === 0) count += 1;
    hashes[slot] = hash;
    rows[slot] = row;
  };
  const grow = () => {
    const [oldHashes, oldRows] = [hashes, rows];
    hashes = new Float64Array(oldRows.length * 2);
    rows = new Uint32Array(oldRows.length * 2);
    count = 0;
    for (const [slot, row] of oldRows.entries()) if (row !== 0) put(oldHashes[slot] ?? 0, row);
  };
  return {
    find: (key) => rows[slotOf(hashOf(key))] || undefined,
    set(key, row) {
      if (count > rows.length * mostFilled) grow();
      put(hashOf(key), row);
    },
  };
}

/** 52 bits of a hash. The lowest ones choose the slot, so the sums over the characters are mixed at the end. */
function hashOf(key: string): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b);
  }
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  low = Math.imul(low ^ (high >>> 13), 0x297a2d39);
  return (high >>> 12) * 0x1_0000_0000 + ((low ^ (low >>> 16)) >>> 0);
}
