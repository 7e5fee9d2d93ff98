import { z } from "zod";
import { one } from "../chartmogul/paging.ts";
import type { Customer } from "../chartmogul/records.ts";
import { ApiError, ArgumentError, NotFoundError } from "../errors.ts";
import { customers } from "../resources/customers.ts";
import { asOf } from "./as-of.ts";
import { text } from "./parameters.ts";
import { live, type ReadFunction, type StoredAccount } from "./read-function.ts";
import { recordReader } from "./stored-record.ts";

const parameters = z.strictObject({
  id: text().describe(
    "ChartMogul's identifier of the customer (cus_…); from the warehouse also its number in chartmogul-url, or its identifier in the billing system.",
  ),
  ...live(false),
});

/** https://dev.chartmogul.com/reference/customers/retrieve */
export const getCustomer: ReadFunction<typeof parameters, Customer> = {
  name: "get_customer",
  description: "Gives one customer or lead. `mrr` and `arr` are in hundredths of the account's currency.",
  parameters,
  fromWarehouse(account, { id }) {
    asOf(account, customers.name);
    const uuid = uuidOf(account, id);
    return recordReader(account.warehouse, account.name, customers)(uuid) as Customer;
  },
  async live({ name, source }, { id }) {
    if (!id.startsWith("cus_")) {
      throw new ArgumentError(
        `id does not begin with cus_, and ChartMogul knows no other identifier here: "${id}"`,
        {
          hint: "Leave out live: the warehouse knows the others, too.",
        },
      );
    }
    const found = (await one((key) => `customers/${key}`)(source, id)) as Customer | undefined;
    if (found === undefined) throw notFound(name, id);
    if (found.uuid === id) return found;
    throw new ApiError(`ChartMogul answered the question for customer ${id} with ${found.uuid}`, {
      hint: "Report it.",
    });
  },
};

interface Known {
  readonly uuid: string;
  readonly deleted_at: string | null;
  readonly merged_into: string | null;
}

// A JSON list of texts holds a text exactly if it holds it in quotes: those within a text are escaped.
const otherIdentifiers = `deleted_at IS NULL
  AND (id = @number OR external_id = @id OR instr(external_ids, json_quote(@id)) > 0)`;

/** The customer who is meant. Throws a NotFoundError for none and for a deleted one, an ArgumentError for several. */
function uuidOf({ warehouse: { sqlite }, name }: StoredAccount, id: string): string {
  const select = (condition: string) =>
    sqlite
      .prepare<[Readonly<Record<string, unknown>>], Known>(
        `SELECT uuid, deleted_at, merged_into FROM customers WHERE account = @name AND ${condition}`,
      )
      .all({ name, id, number: /^\d+$/.test(id) ? Number(id) : null });
  const known = select(id.startsWith("cus_") ? "uuid = @id" : otherIdentifiers);
  const [first, ...others] = known;
  if (first === undefined) throw notFound(name, id);
  if (others.length > 0) {
    throw new ArgumentError(`id "${id}" is that of ${known.length} customers`, {
      hint: `Choose one of them: ${known.map(({ uuid }) => uuid).join(", ")}.`,
    });
  }
  if (first.deleted_at === null) return first.uuid;
  const into = first.merged_into === null ? "" : `; it was merged into ${first.merged_into}`;
  throw new NotFoundError(
    `customer ${first.uuid} is no longer in ChartMogul, noticed at ${first.deleted_at} UTC${into}`,
    { hint: `Its last state: chartmogul-warehouse raw customers ${first.uuid}` },
  );
}

function notFound(account: string, id: string): NotFoundError {
  return new NotFoundError(`there is no customer "${id}" in account "${account}"`, {
    hint: "list_customers lists those that there are.",
  });
}
