import type { Warehouse } from "../database/open.ts";
import { customerName } from "../resources/customer-name.ts";

/** What a customer can be called by. */
export interface Nameable {
  readonly key: string;
  readonly called: string;
  readonly external_id: string | null;
}

/** How people find a customer again. */
export interface CustomerNames {
  /** Its name; with its identifier where another customer of the account has the same one. */
  label(customer: Nameable): string;
  /** The same by its key alone, which stands for itself where there is no such customer. */
  of(key: string): string;
}

/** The columns of a Nameable from a table or alias. */
export const nameable = (customers: string) =>
  `${customers}.uuid AS key, ${customers}.external_id, ${customerName(customers)} AS called`;

/** Names the customers of one account. */
export function customerNames({ sqlite }: Warehouse, account: string): CustomerNames {
  const one = sqlite.prepare<[string, string], Nameable>(
    `SELECT ${nameable("customers")} FROM customers WHERE account = ? AND uuid = ?`,
  );
  // One pass over all customers, since there is no index on names; only where somebody has to be named.
  const readShared = () =>
    new Map(
      sqlite
        .prepare<[string], [string, number]>(
          `SELECT called, count(*) = count(DISTINCT external_id)
           FROM (SELECT ${nameable("customers")} FROM customers WHERE account = ?) GROUP BY called HAVING count(*) > 1`,
        )
        .raw()
        .all(account),
    );
  let shared: Map<string, number> | undefined;
  const label = ({ key, called, external_id }: Nameable) => {
    shared ??= readShared();
    const tells = shared.get(called);
    return tells === undefined ? called : `${called} (${tells ? external_id : key})`;
  };
  return {
    label,
    of(key) {
      const customer = one.get(account, key);
      return customer ? label(customer) : key;
    },
  };
}
