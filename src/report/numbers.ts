/** Writes values as people read them. */
export interface NumberFormats {
  readonly money: (amount: number) => string;
  /** Without cents, for large print. */
  readonly roundMoney: (amount: number) => string;
  readonly signedMoney: (amount: number) => string;
}

/** Writes amounts in main units of this currency; without a sign where it is unknown. */
export function createNumberFormats(currency: string | null): NumberFormats {
  const format = (options: Intl.NumberFormatOptions) => formatOf(currency, options);
  const [money, round, signed] = [
    format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    format({ maximumFractionDigits: 0 }),
    format({ maximumFractionDigits: 0, signDisplay: "exceptZero" }),
  ];
  return {
    money: (amount) => money.format(amount),
    roundMoney: (amount) => round.format(amount),
    signedMoney: (amount) => signed.format(amount),
  };
}

function formatOf(currency: string | null, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const plain = { minimumFractionDigits: 0, ...options };
  // Intl refuses only what does not look like a currency.
  return currency !== null && /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat("en-US", { style: "currency", currency, ...plain })
    : new Intl.NumberFormat("en-US", plain);
}

const whole = new Intl.NumberFormat("en-US");
const tenths = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const month = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", month: "short", year: "numeric" });
const day = new Intl.DateTimeFormat("en-US", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
});

export const formatCount = (value: number) => whole.format(value);

const signed = new Intl.NumberFormat("en-US", { signDisplay: "exceptZero" });

export const formatSignedCount = (value: number) => signed.format(value);

export const formatPercent = (value: number) => `${tenths.format(value)} %`;

/** `2026-11-01` as `Nov 2026`. */
export const formatMonth = (date: string) => month.format(new Date(`${date}T00:00:00Z`));

/** `2026-11-01` as `Nov 1, 2026`. */
export const formatDay = (date: string) => day.format(new Date(`${date}T00:00:00Z`));
