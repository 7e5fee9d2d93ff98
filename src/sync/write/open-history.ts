import type { Resource } from "../../resources/resource.ts";
import type { History } from "../../store/history.ts";
import type { Run } from "../run.ts";

/** Where a run keeps what happens to the records of a resource. */
export function historyOf({ warehouse, account, id, now, rules }: Run, resource: Resource): History {
  const { everyField } = rules.changes;
  return resource.history(warehouse, { account, resource: resource.name, run: id, now, everyField });
}
