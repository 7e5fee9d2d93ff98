import { chmodSync, chownSync, type Stats, statSync } from "node:fs";

/** Who may do what with a file. */
export type Permission = Pick<Stats, "mode" | "uid" | "gid">;

/**
 * Gives the users of this permission the same rights to a file or folder. If the group cannot be set, the file's group gets
 * no more than all others have, and the reason is given back.
 */
export function permit(file: string, { mode, uid, gid }: Permission): unknown {
  const own = statSync(file);
  // Where the group may do what all others may, it is all the same which one it is.
  const groupCounts = ((mode >> 3) & 0o7) !== (mode & 0o7);
  let refusal: unknown;
  try {
    // Only root may give a file away; everybody may give it to a group of theirs.
    if (process.geteuid?.() === 0) chownSync(file, uid, gid);
    else if (groupCounts && gid !== own.gid) chownSync(file, own.uid, gid);
  } catch (cause) {
    refusal = cause;
  }
  const others = mode & 0o7;
  chmodSync(file, refusal === undefined ? mode & 0o7777 : (mode & 0o707) | (((mode >> 3) & others) << 3));
  return refusal;
}
