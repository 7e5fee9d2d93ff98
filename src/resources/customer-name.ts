/** SQL for the display name of a customer in this table or alias: its name, or else what people recognise next best. */
export const selectCustomerName = (customers: string) =>
  `coalesce(${["name", "company", "email", "external_id", "uuid"].map((column) => `${customers}.${column}`).join(", ")})`;
