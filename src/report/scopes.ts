import type { Warehouse } from "../database/open.ts";
import { supersededAccounts } from "../state/linked-accounts.ts";

/** What a page of figures is about: one account, or all accounts of one currency. */
export interface ReportScope {
  /** Fit for an `id` in HTML. */
  readonly id: string;
  readonly title: string;
  /** What ChartMogul calls it; null where that is not known or there are several. */
  readonly name: string | null;
  readonly currency: string | null;
  /** The only account; undefined where there are several. */
  readonly account: string | undefined;
  readonly accounts: readonly string[];
}

/** All accounts of each currency that has several, then each of these accounts. */
export function listScopes({ sqlite }: Warehouse, accounts: readonly string[]): ReportScope[] {
  const known = sqlite.prepare<[string], { name: string | null; currency: string | null }>(
    "SELECT name, currency FROM accounts WHERE account = ?",
  );
  const single = accounts.map((account, index) => {
    const { name = null, currency = null } = known.get(account) ?? {};
    return { id: `account-${index + 1}`, title: account, name, currency, account, accounts: [account] };
  });
  return [...together(sqlite, single), ...single];
}

/** Sums exist over all accounts of a currency, so only if all of them were asked for. */
function together(sqlite: Warehouse["sqlite"], single: readonly ReportScope[]): ReportScope[] {
  const every = sqlite.prepare<[], string>("SELECT account FROM sync_accounts").pluck().all();
  const asked = new Set(single.map(({ title }) => title));
  if (every.some((account) => !asked.has(account))) return [];
  const superseded = new Set(sqlite.prepare<[], string>(supersededAccounts).pluck().all());
  const counted = single.filter(({ title }) => !superseded.has(title));
  const currencies = [...new Set(counted.map(({ currency }) => currency))].sort();
  return currencies.flatMap((currency, index) => {
    const own = counted.filter((scope) => scope.currency === currency);
    const [first] = own;
    if (!first || own.length < 2) return [];
    return {
      id: `currency-${index + 1}`,
      title: `all in ${currency ?? "an unknown currency"}`,
      name: null,
      currency,
      account: undefined,
      accounts: own.map(({ title }) => title),
    };
  });
}
