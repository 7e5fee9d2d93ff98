import type { Resource } from "../../resources/resource.ts";
import type { ChangeLog } from "../../store/change-log.ts";
import type { Run } from "../run.ts";

/** Opens what a run records of the changes of a resource's records. */
export function openChangeLog({ warehouse, account, id, now, rules }: Run, resource: Resource): ChangeLog {
  const { everyField } = rules.changes;
  return resource.changeLog(warehouse, { account, resource: resource.name, run: id, now, everyField });
}
