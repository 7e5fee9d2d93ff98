import { chmodSync, chownSync, type Stats, statSync } from "node:fs";

/** The owner, the group and the rights of a file. */
export type Permission = Pick<Stats, "mode" | "uid" | "gid">;

/**
 * Gives the users of this permission the same rights to a file or folder. If the group cannot be set, the file's group gets no
 * more rights than all others have, and the cause is returned.
 */
export function permit(file: string, { mode, uid, gid }: Permission): unknown {
  const own = statSync(file);
  // The group does not matter where it has the same rights as all others.
  const groupCounts = ((mode >> 3) & 0o7) !== (mode & 0o7);
  let refusal: unknown;
  try {
    // Only root may change the owner; everybody may choose among their own groups.
    if (process.geteuid?.() === 0) chownSync(file, uid, gid);
    else if (groupCounts && gid !== own.gid) chownSync(file, own.uid, gid);
  } catch (cause) {
    refusal = cause;
  }
  const others = mode & 0o7;
  chmodSync(file, refusal === undefined ? mode & 0o7777 : (mode & 0o707) | (((mode >> 3) & others) << 3));
  return refusal;
}
