import { and, eq, ne } from "drizzle-orm";
import type { Warehouse } from "../database/open.ts";
import { WarehouseError } from "../errors.ts";
import { linkedAccounts } from "../schema/sync-tables.ts";
import { formatTimestamp } from "../schema/timestamp.ts";

/** The account that a key belongs to, as ChartMogul says. Replies from before 2025 have no `id`. */
export interface AccountIdentity {
  readonly id: string | null;
  readonly name: string | null;
}

/**
 * True where a key belongs to the account that is stored under this name, or no account is. Accounts are compared by id, and by name
 * where either side has no id.
 */
export function isLinkedAccount(warehouse: Warehouse, account: string, identity: AccountIdentity): boolean {
  const known = readLinkedAccount(warehouse, account);
  return !known || isSame(known, identity);
}

/** Creates the error for a key that belongs to another ChartMogul account than the one that is stored under this name. */
export function createOtherAccountError(
  warehouse: Warehouse,
  account: string,
  identity: AccountIdentity,
): WarehouseError {
  const known = readLinkedAccount(warehouse, account);
  const before = quoteName({ id: known?.chartmogul_id ?? null, name: known?.name ?? null });
  return new WarehouseError(
    `the API key of account "${account}" belongs to ChartMogul account ${quoteName(identity)}, but "${account}" in this warehouse is ${before}. Under this key ChartMogul has none of its records that were requested`,
    {
      hint: "Nothing was written. Give the key another name (CHARTMOGUL_API_KEY_<NAME>), use the right key, or set WAREHOUSE_PATH to another file.",
    },
  );
}

/** Records which ChartMogul account is stored under this name. */
export function linkAccount({ orm }: Warehouse, account: string, identity: AccountIdentity, now: Date): void {
  const known = readLinkedAccount({ orm }, account);
  // A reply without id or name must not remove what tells this account from another.
  const seen = {
    chartmogul_id: identity.id ?? known?.chartmogul_id ?? null,
    name: identity.name ?? known?.name ?? null,
  };
  if (known?.chartmogul_id === seen.chartmogul_id && known.name === seen.name) return;
  orm
    .insert(linkedAccounts)
    .values({ account, ...seen, linked_at: formatTimestamp(now) })
    .onConflictDoUpdate({ target: [linkedAccounts.account], set: seen })
    .run();
}

function readLinkedAccount({ orm }: Pick<Warehouse, "orm">, account: string) {
  return orm.select().from(linkedAccounts).where(eq(linkedAccounts.account, account)).get();
}

function isSame(
  known: { chartmogul_id: string | null; name: string | null },
  { id, name }: AccountIdentity,
): boolean {
  return id !== null && known.chartmogul_id !== null ? id === known.chartmogul_id : name === known.name;
}

function quoteName({ id, name }: AccountIdentity): string {
  return `"${name ?? "without a name"}"${id === null ? "" : ` (${id})`}`;
}

/** The other names under which the same ChartMogul account is stored, as far as its id is known. */
export function findOtherNames({ orm }: Warehouse, account: string, { id }: AccountIdentity): string[] {
  if (id === null) return [];
  return orm
    .select({ account: linkedAccounts.account })
    .from(linkedAccounts)
    .where(and(eq(linkedAccounts.chartmogul_id, id), ne(linkedAccounts.account, account)))
    .orderBy(linkedAccounts.account)
    .all()
    .map((other) => other.account);
}

/**
 * SQL for the accounts whose ChartMogul account is stored under another name as well, by which its customers were read later: sums
 * over all accounts must leave them out.
 */
export const supersededAccounts = `
  WITH reading AS (
    SELECT account, max(walk_started_at) AS at FROM sync_run_resources WHERE resource = 'customers' AND status = 'complete' GROUP BY account)
  SELECT own.account FROM sync_accounts AS own JOIN sync_accounts AS other USING (chartmogul_id)
  LEFT JOIN reading AS mine ON mine.account = own.account LEFT JOIN reading AS others ON others.account = other.account
  WHERE other.account <> own.account AND (coalesce(others.at, ''), other.account) > (coalesce(mine.at, ''), own.account)`;

/** The names of the accounts that were ever synced into this warehouse, in alphabetical order. */
export function readAccountNames({ orm }: Warehouse): string[] {
  return orm
    .select({ account: linkedAccounts.account })
    .from(linkedAccounts)
    .orderBy(linkedAccounts.account)
    .all()
    .map(({ account }) => account);
}
