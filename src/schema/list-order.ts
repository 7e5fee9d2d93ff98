// More records than any walk has, and few enough for two million runs within safe integers.
const recordsInAWalk = 2 ** 32;

/**
 * The order of a record that a walk finds for the first time, after `before` other records. `run` is the run in which the walk began. Records
 * found by a later walk come first in a newest-first listing, and last in any other.
 */
export function computeListOrder(isNewestFirst: boolean, run: number, before: number): number {
  return (isNewestFirst ? -run : run) * recordsInAWalk + before;
}

/** The smallest order that walks begun after this run give, in a listing that is not newest-first. */
export function findFirstOrderAfter(run: number): number {
  return computeListOrder(false, run + 1, 0);
}
