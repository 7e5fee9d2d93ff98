// More records than any walk has, few enough that two million runs stay whole numbers.
const recordsInAWalk = 2 ** 32;

/**
 * The order of a record that a walk finds for the first time behind so many others; `run` is the one in which the walk began. What a
 * later walk finds is in front of all that is known where a listing begins with the newest, else behind it.
 */
export function computeListOrder(isNewestFirst: boolean, run: number, before: number): number {
  return (isNewestFirst ? -run : run) * recordsInAWalk + before;
}

/** The orders that walks which began after this run give in a listing that does not begin with the newest: this one or more. */
export function findFirstOrderAfter(run: number): number {
  return computeListOrder(false, run + 1, 0);
}
