import { type Column, integer, required, text } from "../schema/columns.ts";
import { accountTable, fileTable } from "../schema/table.ts";

type SummaryColumns = Readonly<Record<string, Column>>;

// Each table needs a builder of its own, because drizzle keeps properties such as NOT NULL in it.
const currency = (note = "") => text(`Currency of the amounts (ISO 4217)${note}.`);
/** The value of a key column whose value is not known, since a column of a primary key is never NULL. */
export const unknown = "unknown";
const accounts = { accounts: integer("Number of accounts that the row adds up.") };

/** A column that is calculated from the others of its row; `within` names the columns over which a share is calculated. */
interface DerivedColumn {
  readonly column: Column;
  readonly sql: (within: string) => string;
}

/**
 * Sums over customers. After a change those of the changed customers are taken off what is stored and added again; no sum may be NULL.
 */
export interface CustomerSums {
  /** The columns of one sum, besides the account. */
  readonly key: readonly string[];
  readonly sums: readonly string[];
  /** Gives the account, the key and the sums from a summary table with rows of customers, which it names without a schema. */
  readonly select: string;
  /** Gives the same from the stored table. */
  readonly stored: string;
  /** Makes the rows of the table from them. */
  readonly complete: (sums: string) => string;
}

/** A summary whose figures can be added up over accounts. */
interface Summary {
  readonly description: string;
  /** The key columns besides the account. */
  readonly key: SummaryColumns;
  /** Columns that are added up over accounts. */
  readonly sums: SummaryColumns;
  /** Columns that are calculated from the sums. */
  readonly derived?: Readonly<Record<string, DerivedColumn>>;
  /**
   * Whose currency the amounts are in: the account's, or one in each row, which is then a key column. `none` if there are no amounts.
   * Amounts in different or unknown currencies are never added up.
   */
  readonly currency: "account" | "row" | "none";
  /** Gives `account`, `currency` (unless there is none), the key and the sums. */
  readonly select: string;
  /** What is added up over accounts; by default the rows of the table by account. */
  readonly added?: string;
}

/** Declares a summary table with rows for each account. The result must be exported, like every table. */
export function defineByAccount(name: string, summary: Summary) {
  const { key, sums, currency: whose } = summary;
  const money =
    whose === "none"
      ? {}
      : { currency: whose === "row" ? required(currency()) : currency("; NULL if unknown") };
  return accountTable(
    name,
    { ...money, ...key, ...sums, ...columnsOf(summary) },
    {
      description: summary.description,
      key: [...(whose === "row" ? ["currency"] : []), ...Object.keys(key)],
      select: selectByAccount(summary, summary.select),
    },
  );
}

/** SQL for the rows of a summary by account, with its derived columns, from its key and sums. */
export function selectByAccount(summary: Summary, rows: string): string {
  const { key, sums, currency: whose } = summary;
  const money = whose === "none" ? {} : { currency: currency() };
  return `SELECT account, ${[...named({ ...money, ...key, ...sums }), ...derivedSql(summary, "account")].join(", ")}
    FROM (${rows})`;
}

/** The sums of a summary whose figures are nothing but sums; a row exists if `counted` is not 0. */
export function sumCustomers(name: string, summary: Summary, counted: string): CustomerSums {
  const { key, sums, currency: whose } = summary;
  const money = whose === "none" ? {} : { currency: currency() };
  const columns = { key: Object.keys({ ...money, ...key }), sums: stored(sums) };
  const all = ["account", ...columns.key, ...columns.sums].join(", ");
  return {
    ...columns,
    select: summary.select,
    stored: `SELECT ${all} FROM main."${name}"`,
    complete: (rows) => `${selectByAccount(summary, rows)} WHERE "${counted}" <> 0`,
  };
}

/** SQL for sums from which those of changed customers, in `taken`, are taken off, and to which those in `added` are added. */
export function writeChangedSums({ key, sums, stored, complete }: CustomerSums): string {
  const groups = ["account", ...key].join(", ");
  return complete(`
    SELECT ${groups}, ${sums.map((sum) => `sum(${sum}) AS ${sum}`).join(", ")} FROM (
      SELECT ${[groups, ...sums].join(", ")} FROM (${stored})
      UNION ALL SELECT ${[groups, ...sums.map((sum) => `-${sum}`)].join(", ")} FROM temp.taken
      UNION ALL SELECT ${[groups, ...sums].join(", ")} FROM temp.added)
    GROUP BY ${groups}`);
}

/** Declares its counterpart over all accounts, which adds up the rows of `defineByAccount` by currency. */
export function defineOverAllAccounts(name: string, summary: Summary) {
  const { key, sums, currency: whose, added: rows = `SELECT * FROM "${name}"` } = summary;
  const groups = [...(whose === "none" ? [] : ["currency"]), ...Object.keys(key)];
  const added = stored(sums).map((column) => `sum("${column}") AS "${column}"`);
  const within = whose === "none" ? "'all'" : "currency";
  return fileTable(
    `${name}_all_accounts`,
    {
      ...(whose === "none" ? {} : { currency: required(currency()) }),
      ...key,
      ...accounts,
      ...sums,
      ...columnsOf(summary),
    },
    {
      description: `\`${name}\` over all accounts${whose === "none" ? "" : ", by currency"}. ${summary.description}`,
      key: groups,
      select: `SELECT ${[...groups, "accounts", ...named(sums), ...derivedSql(summary, within)].join(", ")}
        FROM (SELECT ${[...groups, "count(DISTINCT account) AS accounts", ...added].join(", ")}
              FROM (${rows}) WHERE account IN (SELECT account FROM today WHERE is_counted)
                ${whose === "none" ? "" : `AND currency <> '${unknown}'`} GROUP BY ${groups.join(", ")})`,
    },
  );
}

/** The columns that a query must give; amounts in main units are calculated from them. */
function stored(columns: SummaryColumns): string[] {
  return Object.entries(columns).flatMap(([name, { hundredths }]) =>
    hundredths === undefined ? [name] : [],
  );
}

const named = (columns: SummaryColumns) => stored(columns).map((name) => `"${name}"`);

function columnsOf({ derived = {} }: Summary): SummaryColumns {
  return Object.fromEntries(Object.entries(derived).map(([name, { column }]) => [name, column]));
}

function derivedSql({ derived = {} }: Summary, within: string): string[] {
  return Object.entries(derived).map(([name, { sql }]) => `${sql(within)} AS "${name}"`);
}
