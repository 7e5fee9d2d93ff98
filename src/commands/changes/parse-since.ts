import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The moment that `12h`, `1d`, `2w`, a day or a UTC timestamp means. Throws commander's error for anything else. */
export function parseSince(text: string, now = new Date()): Date {
  const [, number, unit = ""] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const length = units[unit];
  if (number !== undefined && length !== undefined) return new Date(now.getTime() - Number(number) * length);
  const [, day, time = "00:00:00"] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)Z?)?$/.exec(text) ?? [];
  const instant = new Date(`${day}T${time}Z`);
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(String(day))) {
    throw new InvalidArgumentError(
      "Use a number of hours, days or weeks (12h, 1d, 2w), or a UTC date (2026-01-31).",
    );
  }
  return instant;
}
