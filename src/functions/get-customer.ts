import * as z from "zod";
import { one } from "../api/paging.ts";
import type { Customer } from "../api/records.ts";
import { ApiError, ArgumentError } from "../errors.ts";
import { customers } from "../resources/customers.ts";
import { asOf, instant } from "./as-of.ts";
import type { FoundCustomer } from "./chartmogul.ts";
import { text } from "./parameters.ts";
import { live, type ReadFunction } from "./read-function.ts";
import { noCustomer, storedCustomer } from "./stored-customer.ts";
import { recordReader } from "./stored-record.ts";

const parameters = z.strictObject({
  id: text().describe(
    "ChartMogul's identifier of the customer (cus_…); from the warehouse also its number in chartmogul-url, or its identifier in the billing system.",
  ),
  ...live(false),
});

/** https://dev.chartmogul.com/reference/customers/retrieve */
export const getCustomer: ReadFunction<typeof parameters, FoundCustomer> = {
  name: "get_customer",
  description: "Gives one customer or lead. `mrr` and `arr` are in hundredths of the account's currency.",
  parameters,
  fromWarehouse(account, { id }) {
    const fresh_as_of = asOf(account, customers.name);
    const uuid = storedCustomer(account, id);
    const customer = recordReader(account.warehouse, account.name, customers)(uuid) as Customer;
    return { ...customer, fresh_as_of };
  },
  async live({ name, api }, { id }) {
    if (!id.startsWith("cus_")) {
      throw new ArgumentError(
        `id does not begin with cus_, and ChartMogul knows no other identifier here: "${id}"`,
        {
          hint: "Leave out live: the warehouse knows the others, too.",
        },
      );
    }
    const found = (await one((key) => `customers/${key}`)(api, id)) as Customer | undefined;
    if (found === undefined) throw noCustomer(name, id);
    if (found.uuid === id) return { ...found, fresh_as_of: instant(api.now()) };
    throw new ApiError(`ChartMogul answered the question for customer ${id} with ${found.uuid}`, {
      hint: "Report it.",
    });
  },
};
