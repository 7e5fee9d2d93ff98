import { ArgumentError, NotFoundError } from "../errors.ts";
import { ExactNumber } from "../json/exact-number.ts";
import type { StoredAccount } from "./read-function.ts";

interface FoundUuid {
  readonly uuid: string;
  readonly deleted_at: string | null;
  readonly merged_into: string | null;
}

// A JSON list of texts holds a text exactly if it holds it in quotes: those within a text are escaped.
const otherIdentifiers = `deleted_at IS NULL
  AND (id = @number OR external_id = @id OR instr(external_ids, json_quote(@id)) > 0)`;

/**
 * The uuid of the customer who is meant by it, by ChartMogul's number or by an identifier in a billing system. Throws a NotFoundError
 * for none and for a deleted one, an ArgumentError for several.
 */
export function findStoredCustomer({ warehouse: { sqlite }, name }: StoredAccount, id: string): string {
  const select = (condition: string) =>
    sqlite
      .prepare<[Readonly<Record<string, unknown>>], FoundUuid>(
        `SELECT uuid, deleted_at, merged_into FROM customers WHERE account = @name AND ${condition}`,
      )
      .all({ name, id, number: /^\d+$/.test(id) ? (new ExactNumber(id).integer ?? null) : null });
  const itself = select("uuid = @id");
  // Identifiers of Stripe begin with cus_, too.
  const known = itself.length > 0 ? itself : select(otherIdentifiers);
  const [first, ...others] = known;
  if (first === undefined) throw createNoCustomerError(name, id);
  if (others.length > 0) {
    throw new ArgumentError(`id "${id}" belongs to ${known.length} customers`, {
      hint: `Choose one: ${known.map(({ uuid }) => uuid).join(", ")}.`,
    });
  }
  if (first.deleted_at === null) return first.uuid;
  const into = first.merged_into === null ? "" : `; it was merged into ${first.merged_into}`;
  throw new NotFoundError(
    `customer ${first.uuid} was found deleted in ChartMogul at ${first.deleted_at} UTC${into}`,
    { hint: `See its last record: chartmogul-warehouse raw customers ${first.uuid}` },
  );
}

/** The error for a customer that is not in this account. */
export function createNoCustomerError(account: string, id: string): NotFoundError {
  return new NotFoundError(`there is no customer "${id}" in account "${account}"`, {
    hint: "list_customers lists the customers of the account.",
  });
}
