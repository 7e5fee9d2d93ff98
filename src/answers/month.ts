/**
 * SQL for the first day of the month, by the account's calendar, of an instant in UTC; where `today` is joined. Only near the ends of
 * a month does the time zone matter, and asking for it takes longer than all the rest.
 */
export const monthOf = (instant: string) =>
  `CASE WHEN substr(${instant}, 9, 2) BETWEEN '02' AND '27' THEN substr(${instant}, 1, 8)
    ELSE substr(account_day(${instant}, time_zone), 1, 8) END || '01'`;
