import type { Resource } from "../../resources/resource.ts";
import type { ChangeLog } from "../../store/change-log.ts";
import type { Run } from "../run.ts";

/** Where a run keeps what happens to the records of a resource. */
export function historyOf({ warehouse, account, id, now, rules }: Run, resource: Resource): ChangeLog {
  const { everyField } = rules.changes;
  return resource.changeLog(warehouse, { account, resource: resource.name, run: id, now, everyField });
}
