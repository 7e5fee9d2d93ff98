/** Where a customer is. `state` is the short code of the answer; names are full English ones. */
export interface Place {
  country: string;
  countryName: string;
  state: string | null;
  stateName: string | null;
  city: string;
  zip: string;
  /** Percent of tax on invoices there; invented. */
  tax: number;
}

function place(
  country: string,
  countryName: string,
  state: string | null,
  stateName: string | null,
  city: string,
  zip: string,
  tax = 0,
): Place {
  return { country, countryName, state, stateName, city, zip, tax };
}

/** Customers of accounts whose currency is not the yen. */
export const WESTERN_PLACES: readonly Place[] = [
  place("US", "United States", "OR", "Oregon", "Portland", "97205"),
  place("US", "United States", "TX", "Texas", "Austin", "78702"),
  place("US", "United States", "NY", "New York", "Buffalo", "14202"),
  place("US", "United States", "WA", "Washington", "Spokane", "99201"),
  place("US", "United States", "GA", "Georgia", "Savannah", "31401"),
  place("US", "United States", "MN", "Minnesota", "Duluth", "55802"),
  place("CA", "Canada", "QC", "Quebec", "Montréal", "H2X 1Y4"),
  place("CA", "Canada", "NS", "Nova Scotia", "Halifax", "B3H 4R2"),
  place("GB", "United Kingdom", null, null, "Leeds", "LS1 4AP", 20),
  place("GB", "United Kingdom", null, null, "Bristol", "BS1 5TR", 20),
  place("DE", "Germany", null, null, "Köln", "50667", 19),
  place("DE", "Germany", null, null, "Leipzig", "04109", 19),
  place("FR", "France", null, null, "Nantes", "44000", 20),
  place("NL", "Netherlands", null, null, "Utrecht", "3511", 21),
  place("SE", "Sweden", null, null, "Malmö", "211 22", 25),
  place("PT", "Portugal", null, null, "Évora", "7000-508", 23),
  place("BR", "Brazil", "SP", "São Paulo", "Campinas", "13010-111"),
  place("AU", "Australia", "TAS", "Tasmania", "Hobart", "7000"),
];

/** Customers of accounts in yen. */
export const JAPANESE_PLACES: readonly Place[] = [
  place("JP", "Japan", "13", "Tokyo", "Setagaya", "154-0017", 10),
  place("JP", "Japan", "13", "Tokyo", "Taitō", "110-0005", 10),
  place("JP", "Japan", "27", "Osaka", "Sakai", "590-0078", 10),
  place("JP", "Japan", "26", "Kyoto", "Uji", "611-0021", 10),
  place("JP", "Japan", "01", "Hokkaido", "Otaru", "047-0031", 10),
  place("JP", "Japan", "40", "Fukuoka", "Kurume", "830-0031", 10),
  place("TW", "Taiwan", null, null, "Hsinchu", "300"),
  place("SG", "Singapore", null, null, "Singapore", "048616", 9),
  place("US", "United States", "HI", "Hawaii", "Hilo", "96720"),
];
