/** What to do about a fault, by what it takes. */
export const hints = {
  rebuild: "Run `rebuild`: it fills the tables again from the records as they were received.",
  forms:
    "Run `rebuild`: it fills the tables again, with NULL for what no such column can hold; see `reason` in rejected_records.",
  sync: "Run `sync`, and look at what it says.",
  delete_limit: "If these records are really gone, run `sync --accept-deletes`; if not, check the API key.",
  again: "Run `sync --full`, then `verify` again. If it stays, report it with both figures.",
  receiveAgain:
    "Run `sync --full`, which stores again what ChartMogul still has, then `rebuild`, which removes the rest.",
  invalid: "See `reason` in the table rejected_records. Install a newer version, or report it.",
  version: "Install the version that has stored it or a newer one, or report it.",
  restore: "Restore a copy of the warehouse, or sync into a new file (WAREHOUSE_PATH).",
  sameAccount: "Check that the API key belongs to the account that is stored here, then run `sync`.",
} as const;
