import type { Warehouse } from "../database/open.ts";
import { selectCustomerName } from "../resources/customer-name.ts";

/** What a customer can be called by. */
export interface CustomerIdentity {
  readonly key: string;
  readonly display_name: string;
  readonly external_id: string | null;
}

/** How people find a customer again. */
export interface CustomerNames {
  /** Its name; with its identifier where another customer of the account has the same one. */
  label(customer: CustomerIdentity): string;
  /** The same by its key alone, which stands for itself where there is no such customer. */
  of(key: string): string;
}

/** The columns of a Nameable from a table or alias. */
export const selectIdentity = (customers: string) =>
  `${customers}.uuid AS key, ${customers}.external_id, ${selectCustomerName(customers)} AS display_name`;

/** Names the customers of one account. */
export function openCustomerNames({ sqlite }: Warehouse, account: string): CustomerNames {
  const one = sqlite.prepare<[string, string], CustomerIdentity>(
    `SELECT ${selectIdentity("customers")} FROM customers WHERE account = ? AND uuid = ?`,
  );
  // One pass over all customers, since there is no index on names; only where somebody has to be named.
  const readShared = () =>
    new Map(
      sqlite
        .prepare<[string], [string, number]>(
          `SELECT display_name, count(*) = count(DISTINCT external_id)
           FROM (SELECT ${selectIdentity("customers")} FROM customers WHERE account = ?) GROUP BY display_name HAVING count(*) > 1`,
        )
        .raw()
        .all(account),
    );
  let shared: Map<string, number> | undefined;
  const label = ({ key, display_name, external_id }: CustomerIdentity) => {
    shared ??= readShared();
    const externalIdsDiffer = shared.get(display_name);
    if (externalIdsDiffer === undefined) return display_name;
    return `${display_name} (${externalIdsDiffer ? external_id : key})`;
  };
  return {
    label,
    of(key) {
      const customer = one.get(account, key);
      return customer ? label(customer) : key;
    },
  };
}
