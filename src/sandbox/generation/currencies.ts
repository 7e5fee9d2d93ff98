/** The value of one unit of each currency in US dollars, invented and fixed. */
const worthInDollars = new Map([
  ["USD", 1],
  ["EUR", 1.1],
  ["GBP", 1.28],
  ["JPY", 0.0068],
  ["CAD", 0.73],
  ["SEK", 0.095],
]);

const signs = new Map([
  ["USD", "$"],
  ["EUR", "€"],
  ["GBP", "£"],
  ["JPY", "¥"],
  ["CAD", "C$"],
  ["SEK", "kr"],
]);

function worthOf(currency: string): number {
  const worth = worthInDollars.get(currency);
  if (worth === undefined) throw new Error(`The sandbox has no exchange rate for ${currency}`);
  return worth;
}

/**
 * Gives the amount of `to` that one unit of `from` buys. Both are in hundredths, also for yen, so no other factor is needed.
 */
export function getRate(from: string, to: string): number {
  return from === to ? 1 : worthOf(from) / worthOf(to);
}

/** Gives the sign that ChartMogul shows next to amounts. */
export function getSign(currency: string): string {
  return signs.get(currency) ?? currency;
}
