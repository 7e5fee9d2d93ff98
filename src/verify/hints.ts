/** What to do about a fault. */
export const hints = {
  rebuild: "Run `rebuild`: it fills the tables again from the records as they were received.",
  columnTypes:
    "Run `rebuild`: it fills the tables again. Values that a column cannot hold become NULL; see `reason` in rejected_records.",
  sync: "Run `sync`, and read what it reports.",
  delete_limit:
    "If these records really are deleted, run `sync --accept-deletes`. If not, check the API key.",
  again: "Run `sync --full`, then `verify` again. If the fault stays, report it with both figures.",
  receiveAgain:
    "Run `sync --full`, which stores again what ChartMogul still has. Then run `rebuild`, which removes the rest.",
  invalid: "See `reason` in the table rejected_records. Install a newer version, or report it.",
  version: "Install the version that stored it or a newer one, or report it.",
  restore: "Restore a copy of the warehouse, or sync into a new file (WAREHOUSE_PATH).",
  sameAccount: "Check that the API key belongs to the account that is stored here. Then run `sync`.",
} as const;
