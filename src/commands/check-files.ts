import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config.ts";
import { inspectWarehouse } from "../database/inspect.ts";
import { refuseDamage } from "../database/integrity.ts";
import { followLinks } from "../database/links.ts";
import { openReadOnly } from "../database/open-read-only.ts";
import { refuseAsCopy } from "../database/publish.ts";
import { schemaVersion } from "../database/schema-version.ts";
import { WarehouseError } from "../errors.ts";
import { readOddFields } from "../state/status.ts";
import type { CheckReport } from "./check-report.ts";
import { describeOddFields } from "./describe-odd-fields.ts";
import type { Terminal } from "./terminal.ts";

/** Path of the warehouse; undefined if the file cannot be opened. */
export async function checkWarehouse(report: CheckReport, settings: Config): Promise<string | undefined> {
  const { WAREHOUSE_PATH: path } = settings;
  if (!(await report.attempt("warehouse", () => checkFile(settings)))) return undefined;
  report.warnOfReaders(path);
  return path;
}

function checkFile({ WAREHOUSE_PATH: path }: Config): string {
  // A link may lead to a file that does not exist yet: the first sync creates it.
  const file = followLinks(path);
  const exists = inspectWarehouse(file) > 0;
  // The folder, too: the lock and the journal are beside the file.
  for (const place of exists ? [file, dirname(file)] : [dirname(file)]) refuseReadOnly(place);
  if (!exists) return `${path} (the first sync creates it)`;
  refuseDamage(path);
  return path;
}

/** Checks that a copy can be published there. Throws a WarehouseError where it cannot. */
export function checkCopy({ WAREHOUSE_PATH }: Config, copy: string): string {
  refuseAsCopy(WAREHOUSE_PATH, copy);
  // The new copy replaces the old one in its folder.
  refuseReadOnly(dirname(copy));
  return copy;
}

function refuseReadOnly(place: string): void {
  try {
    accessSync(place, constants.W_OK);
  } catch (cause) {
    throw new WarehouseError(`${place} cannot be written`, {
      hint: "Give this user write permission.",
      cause,
    });
  }
}

/** Prints the fields that the tables lack. Before a sync has migrated the warehouse, they are not known. */
export function printOddFields({ print }: Terminal, path: string): void {
  if (inspectWarehouse(path) < schemaVersion()) return;
  const warehouse = openReadOnly(path);
  try {
    for (const line of describeOddFields(readOddFields(warehouse))) print(`note  ${line}`);
  } finally {
    warehouse.close();
  }
}
