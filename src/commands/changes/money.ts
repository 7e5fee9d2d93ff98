/** Amounts in hundredths as people read them. */
export interface Money {
  readonly plain: (cents: number, sign?: Sign) => string;
  /** With the currency after it, if it is known. */
  readonly full: (cents: number, sign?: Sign) => string;
}

type Sign = Intl.NumberFormatOptions["signDisplay"];

/** Shows a sign for gains, too. */
export const signed = "exceptZero";

/** Writes amounts of this currency. */
export function createMoneyFormat(currency: string | null): Money {
  const plain = (cents: number, signDisplay: Sign = "negative") =>
    (cents / 100).toLocaleString("en-US", {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      signDisplay,
    });
  return {
    plain,
    full: (cents, sign) => (currency === null ? plain(cents, sign) : `${plain(cents, sign)} ${currency}`),
  };
}
