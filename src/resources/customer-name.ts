/** What a customer of this table or alias is called: what stands for a missing name is what people know next best. */
export const selectCustomerName = (customers: string) =>
  `coalesce(${["name", "company", "email", "external_id", "uuid"].map((column) => `${customers}.${column}`).join(", ")})`;
