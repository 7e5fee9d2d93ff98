import { existsSync, realpathSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { WarehouseBusyError, WarehouseError } from "../errors.ts";
import { findCopyHint, removeCopy, writeCopy } from "./copy.ts";
import { flush } from "./flush.ts";
import { inspectWarehouse, readStats } from "./inspect.ts";
import { refuseDamage } from "./integrity.ts";
import { followLinks } from "./links.ts";
import { lockWarehouse } from "./lock.ts";
import { copyOf } from "./migrate.ts";
import { openForReading, type Warehouse } from "./open.ts";
import { permit } from "./permit.ts";

/**
 * Replaces a copy of the warehouse by a new one, as it was last committed. The copy is a single compact file, which is whole at
 * every moment and which nobody writes to any more. It keeps the permissions of the previous copy, by default those of the
 * warehouse. Throws a WarehouseError, with the previous copy untouched, where that cannot be done.
 */
export function publishWarehouse(path: string, copy: string): void {
  const warehouse = openForReading(path);
  try {
    refuseAsCopy(path, copy);
    const file = followLinks(copy);
    const unlock = lockWarehouse(file, () => undefined);
    try {
      // A damaged warehouse is restored from the previous copy, which a damaged one must not replace.
      refuseDamage(path);
      replaceWithCopy(warehouse, file);
    } finally {
      unlock();
    }
  } catch (cause) {
    throw notPublished(path, copy, cause);
  } finally {
    warehouse.close();
  }
}

/** Throws a WarehouseError where a copy of the warehouse must not be put in this place. Changes nothing. */
export function refuseAsCopy(path: string, copy: string): void {
  if (isPartOf(path, copy)) {
    throw new WarehouseError(`${copy} is the warehouse or one of its files, and cannot be its copy`, {
      hint: elsewhere,
    });
  }
  try {
    inspectWarehouse(copy);
  } catch (cause) {
    if (!(cause instanceof WarehouseError)) throw cause;
    throw new WarehouseError(`a copy cannot replace ${copy}: ${cause.message}`, {
      hint: elsewhere,
      cause: cause.cause,
    });
  }
  // SQLite would take these files for those of the new copy, and damage it.
  const left = ["-wal", "-journal"].map((end) => `${copy}${end}`).find((file) => existsSync(file));
  if (left !== undefined) {
    throw new WarehouseError(`another program writes to ${copy}, or did: there is ${left}`, {
      hint: "Only `publish` and `sync` may write a copy. Stop the program that writes to it, and remove the copy and the files beside it.",
    });
  }
}

const elsewhere =
  "Set WAREHOUSE_PUBLISH_PATH, or --output, to another file, such as published.db, in a folder that exists.";

/** True if both paths lead to the warehouse's file, or if one has a name that the other needs beside itself. */
function isPartOf(path: string, copy: string): boolean {
  const [own, other] = [path, copy].map(readStats);
  if (own && other && own.ino === other.ino && own.dev === other.dev) return true;
  const [warehouse, published] = [placeOf(path), placeOf(copy)];
  return besides(warehouse).includes(published) || besides(published).includes(warehouse);
}

function besides(path: string): string[] {
  const names = ["", "-wal", "-shm", "-journal", ".lock"].map((end) => `${path}${end}`);
  return [...names, copyOf(path), unfinishedOf(path)];
}

function unfinishedOf(copy: string): string {
  return `${copy}.publishing`;
}

/** Gives the absolute path of a file, which need not exist. All links that lead to it are followed. */
function placeOf(path: string): string {
  const end = followLinks(path);
  const folder = dirname(end);
  return existsSync(folder) ? join(realpathSync(folder), basename(end)) : end;
}

function replaceWithCopy({ path, sqlite }: Warehouse, copy: string): void {
  const unfinished = unfinishedOf(copy);
  writeCopy(sqlite, unfinished);
  try {
    permitLike(existsSync(copy) ? copy : path, unfinished);
    flush(unfinished);
    renameSync(unfinished, copy);
  } catch (cause) {
    removeCopy(unfinished);
    throw cause;
  }
  flush(dirname(copy));
}

function permitLike(model: string, file: string): void {
  const permission = statSync(model);
  const refusal = permit(file, permission);
  if (refusal === undefined) return;
  throw new WarehouseError(
    `the new copy cannot be given the group of ${model}, ${permission.gid}; what was there is as it was`,
    {
      hint: "Add this user to that group, or give the file a group of this user.",
      cause: refusal,
    },
  );
}

function notPublished(path: string, copy: string, cause: unknown): Error {
  if (cause instanceof WarehouseError || cause instanceof WarehouseBusyError) return cause;
  return new WarehouseError(
    `cannot publish ${path} to ${copy}: ${cause instanceof Error ? cause.message : cause}; what was there is as it was`,
    { hint: `${findCopyHint(cause, statSync(path).size)} Then run \`publish\`.`, cause },
  );
}
