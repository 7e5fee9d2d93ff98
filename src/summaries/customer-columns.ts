import { customersTable } from "../resources/customers.ts";
import { required, text } from "../schema/columns.ts";

/** The columns for the customer that a row is about. */
export const customerColumns = {
  customer_uuid: required(text("ChartMogul's identifier of the customer (`cus_…`).")),
  customer_name: text("Name of the customer."),
};

/** The same if the customer may be unknown. */
export const optionalCustomerColumns = {
  customer_uuid: text("ChartMogul's identifier of the customer (`cus_…`)."),
  customer_name: text("Name of the customer."),
};

export const referencesCustomer = [{ table: customersTable, columns: ["customer_uuid"] }];
