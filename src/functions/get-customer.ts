import * as z from "zod";
import { one } from "../api/paging.ts";
import type { Customer } from "../api/records.ts";
import { ApiError, ArgumentError } from "../errors.ts";
import { customers } from "../resources/customers.ts";
import type { FoundCustomer } from "./chartmogul.ts";
import { formatInstant, readFreshAsOf } from "./fresh-as-of.ts";
import { text } from "./parameters.ts";
import { live, type ReadFunction } from "./read-function.ts";
import { createNoCustomerError, findStoredCustomer } from "./stored-customer.ts";
import { prepareRecordReader } from "./stored-record.ts";

const parameters = z.strictObject({
  id: text().describe(
    "ChartMogul's identifier of the customer (cus_…); from the warehouse also its number in chartmogul-url, or its identifier in the billing system.",
  ),
  ...live(false),
});

/** https://dev.chartmogul.com/reference/customers/retrieve */
export const getCustomer: ReadFunction<typeof parameters, FoundCustomer> = {
  name: "get_customer",
  description: "Returns one customer or lead. `mrr` and `arr` are in hundredths of the account's currency.",
  parameters,
  fromWarehouse(account, { id }) {
    const fresh_as_of = readFreshAsOf(account, customers.name);
    const uuid = findStoredCustomer(account, id);
    const customer = prepareRecordReader(account.warehouse, account.name, customers)(uuid) as Customer;
    return { ...customer, fresh_as_of };
  },
  async live({ name, api }, { id }) {
    if (!id.startsWith("cus_")) {
      throw new ArgumentError(
        `id does not begin with cus_, and ChartMogul knows no other identifiers: "${id}"`,
        {
          hint: "Leave out live: the warehouse also knows the other identifiers.",
        },
      );
    }
    const found = (await one((key) => `customers/${key}`)(api, id)) as Customer | undefined;
    if (found === undefined) throw createNoCustomerError(name, id);
    if (found.uuid === id) return { ...found, fresh_as_of: formatInstant(api.now()) };
    throw new ApiError(`ChartMogul returned customer ${found.uuid} instead of ${id}`, {
      hint: "Report it.",
    });
  },
};
