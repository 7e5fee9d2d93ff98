import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import * as z from "zod";
import { flush } from "../database/flush.ts";
import { followLinks } from "../database/links.ts";
import { lockWarehouse } from "../database/lock.ts";
import { type Permission, permit } from "../database/permit.ts";
import { WarehouseBusyError, WarehouseError } from "../errors.ts";

/** The name of the manifest. Programs that read whole folders ignore names that begin with an underscore. */
const manifestName = "_export.json";
/** The name of an empty file: it exists or not, and is never half written. */
const unfinishedName = "_export.unfinished";
const madeBy = "chartmogul-warehouse export";

/** A file of an export by its path within the folder, parts joined by `/`. */
interface ExportManifest {
  readonly files: readonly { readonly path: string }[];
}

const manifestShape = z.object({
  made_by: z.literal(madeBy),
  files: z.array(z.object({ path: z.string() })),
});

/**
 * Replaces the folder: `fill` writes into another one beside it, which then takes its place. Readers see either the old
 * folder or the new one. A replaced folder keeps its permissions; a new one gets those of `readers`. Throws a WarehouseError, with
 * everything as it was, if there is anything that no export made.
 */
export async function replaceFolder(
  path: string,
  readers: Permission,
  fill: (unfinished: string) => Promise<ExportManifest>,
): Promise<void> {
  const end = followLinks(path);
  const folder = existsSync(end) ? realpathSync(end) : resolve(end);
  refuseForeign(folder);
  const unlock = lock(folder);
  try {
    putBack(folder);
    const unfinished = unfinishedOf(folder);
    begin(unfinished);
    try {
      const manifest = await fill(unfinished);
      finish(unfinished, manifest);
      permitAll(folder, unfinished, existsSync(folder) ? statSync(folder) : readers);
      swap(folder, unfinished);
    } catch (cause) {
      removeExport(unfinished);
      throw cause;
    }
  } finally {
    unlock();
  }
}

const unfinishedOf = (folder: string) => `${folder}.exporting`;
const asideOf = (folder: string) => `${folder}.before`;

const elsewhere = "Name a folder that does not exist, is empty, or was made by an export.";

/** Throws a WarehouseError where the folder, or what is needed beside it, holds anything that no export wrote. */
function refuseForeign(folder: string): void {
  if (!statSync(dirname(folder), { throwIfNoEntry: false })?.isDirectory()) {
    throw new WarehouseError(`the folder ${dirname(folder)} for the export does not exist`, {
      hint: "Create it.",
    });
  }
  const stranger = strangerIn(folder);
  if (stranger !== undefined) {
    throw new WarehouseError(`${folder} is not replaced: ${stranger}. It was not touched`, {
      hint: elsewhere,
    });
  }
  for (const beside of [unfinishedOf(folder), asideOf(folder)]) {
    if (!existsSync(beside) || isLeftOver(beside)) continue;
    throw new WarehouseError(`${beside} is in the way, and no export made it; it was not touched`, {
      hint: "Move it to another place, or name another folder.",
    });
  }
}

/** Why a folder must not be replaced; undefined where it may. */
function strangerIn(folder: string): string | undefined {
  if (!existsSync(folder) || isEmptyFolder(folder)) return undefined;
  if (!statSync(folder).isDirectory()) return "it is not a folder";
  const manifest = manifestIn(folder);
  if (manifest === undefined) return "no export made it";
  const own = new Set([manifestName, ...manifest.files.map(({ path }) => path)]);
  const other = filesIn(folder).find((file) => !own.has(file));
  return other === undefined ? undefined : `no export wrote ${other} in it`;
}

/** Whether an export left this behind when it was cut off. */
function isLeftOver(path: string): boolean {
  return isEmptyFolder(path) || manifestIn(path) !== undefined || existsSync(join(path, unfinishedName));
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

/** The paths of all files in a folder and its subfolders. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, "/"),
    );
}

function manifestIn(folder: string): ExportManifest | undefined {
  if (!statSync(folder).isDirectory()) return undefined;
  const path = join(folder, manifestName);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    return manifestShape.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function lock(folder: string): () => void {
  try {
    return lockWarehouse(folder, () => undefined);
  } catch (error) {
    if (!(error instanceof WarehouseBusyError)) throw error;
    throw new WarehouseBusyError(`another export is writing to ${folder}`, {
      hint: "Wait for it to end, or stop it. Nothing was changed.",
    });
  }
}

/** Finishes for an export that was cut off: undoes the first of its two renames, or removes the old folder. */
function putBack(folder: string): void {
  const aside = asideOf(folder);
  if (!existsSync(aside)) return;
  if (existsSync(folder)) removeExport(aside);
  else renameSync(aside, folder);
}

/** Makes the folder to fill. Its first file marks it as an export's, so the next export may remove it. */
function begin(unfinished: string): void {
  removeExport(unfinished);
  // Only this user may read it until it is finished: it may hold more than others may read.
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(join(unfinished, unfinishedName), "");
  flush(unfinished);
}

function finish(unfinished: string, manifest: ExportManifest): void {
  const text = JSON.stringify({ made_by: madeBy, ...manifest }, null, 2);
  writeFileSync(join(unfinished, manifestName), `${text}\n`);
  flushAll(unfinished);
  rmSync(join(unfinished, unfinishedName));
  flush(unfinished);
}

/** Removes an export. The files that mark it go last: they still mark it if this is cut off. */
function removeExport(folder: string): void {
  if (!existsSync(folder)) return;
  const own = [manifestName, unfinishedName];
  for (const name of readdirSync(folder).filter((name) => !own.includes(name))) {
    rmSync(join(folder, name), { recursive: true });
  }
  rmSync(folder, { recursive: true });
}

function flushAll(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) flush(join(folder, entry));
  flush(folder);
}

/** Replaced files keep their permissions. Users who may enter the folder may read the new files. */
function permitAll(folder: string, unfinished: string, onFolder: Permission): void {
  for (const entry of readdirSync(unfinished, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const before = statSync(join(folder, relative(unfinished, path)), { throwIfNoEntry: false });
    const mode = entry.isDirectory() ? onFolder.mode : onFolder.mode & 0o666;
    permit(path, before ?? { ...onFolder, mode });
  }
  permit(unfinished, onFolder);
}

function swap(folder: string, unfinished: string): void {
  const aside = asideOf(folder);
  const replaces = existsSync(folder);
  if (replaces) renameSync(folder, aside);
  try {
    renameSync(unfinished, folder);
  } catch (cause) {
    if (replaces) renameSync(aside, folder);
    throw cause;
  }
  flush(dirname(folder));
  if (replaces) removeExport(aside);
}
