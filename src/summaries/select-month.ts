/**
 * SQL for the first day of the month of an instant in UTC, in the account's calendar; needs a join with `today`. Clocks are at most 12 hours
 * behind UTC and 14 ahead of it, and so the time zone matters only near the ends of a month. Asking for it takes longer than all the rest.
 */
export const selectMonth = (instant: string) =>
  `CASE WHEN substr(${instant}, 9, 5) BETWEEN '01 12' AND '28 09' THEN substr(${instant}, 1, 8)
    WHEN substr(${instant}, 9, 2) > '27' AND substr(datetime(${instant}, '+14 hours'), 9, 2) > '27' THEN substr(${instant}, 1, 8)
    ELSE substr(account_day(${instant}, time_zone), 1, 8) END || '01'`;
