import type { Config } from "../config.ts";
import type { Rules } from "../sync/rules.ts";

/** The rules that the settings make; for one sync `acceptDeletes` lifts the limit, and `full` leaves nothing out. */
export function createRules(settings: Config, { acceptDeletes = false, full = false } = {}): Rules {
  return {
    resumableHours: settings.SYNC_RESUME_HOURS,
    full,
    shortcuts: {
      listingMaxAgeDays: settings.SYNC_SUBSCRIPTIONS_MAX_AGE_DAYS,
      lookbackDays: settings.SYNC_LOOKBACK_DAYS,
      fullWalkDays: settings.SYNC_FULL_WALK_DAYS,
    },
    deletes: {
      percent: settings.SYNC_DELETE_LIMIT_PERCENT,
      records: settings.SYNC_DELETE_LIMIT_ROWS,
      accepted: acceptDeletes,
    },
    changes: { days: settings.SYNC_CHANGES_DAYS, everyField: settings.SYNC_CHANGES_ALL },
  };
}
