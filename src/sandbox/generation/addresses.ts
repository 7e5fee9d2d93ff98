/** The address of a customer. `state` is the API's short code; names are full English names. */
export interface Address {
  country: string;
  countryName: string;
  state: string | null;
  stateName: string | null;
  city: string;
  zip: string;
  /** Percent of tax on invoices there; invented. */
  tax: number;
}

function createAddress(
  country: string,
  countryName: string,
  state: string | null,
  stateName: string | null,
  city: string,
  zip: string,
  tax = 0,
): Address {
  return { country, countryName, state, stateName, city, zip, tax };
}

/** Customers of accounts whose currency is not the yen. */
export const westernAddresses: readonly Address[] = [
  createAddress("US", "United States", "OR", "Oregon", "Portland", "97205"),
  createAddress("US", "United States", "TX", "Texas", "Austin", "78702"),
  createAddress("US", "United States", "NY", "New York", "Buffalo", "14202"),
  createAddress("US", "United States", "WA", "Washington", "Spokane", "99201"),
  createAddress("US", "United States", "GA", "Georgia", "Savannah", "31401"),
  createAddress("US", "United States", "MN", "Minnesota", "Duluth", "55802"),
  createAddress("CA", "Canada", "QC", "Quebec", "Montréal", "H2X 1Y4"),
  createAddress("CA", "Canada", "NS", "Nova Scotia", "Halifax", "B3H 4R2"),
  createAddress("GB", "United Kingdom", null, null, "Leeds", "LS1 4AP", 20),
  createAddress("GB", "United Kingdom", null, null, "Bristol", "BS1 5TR", 20),
  createAddress("DE", "Germany", null, null, "Köln", "50667", 19),
  createAddress("DE", "Germany", null, null, "Leipzig", "04109", 19),
  createAddress("FR", "France", null, null, "Nantes", "44000", 20),
  createAddress("NL", "Netherlands", null, null, "Utrecht", "3511", 21),
  createAddress("SE", "Sweden", null, null, "Malmö", "211 22", 25),
  createAddress("PT", "Portugal", null, null, "Évora", "7000-508", 23),
  createAddress("BR", "Brazil", "SP", "São Paulo", "Campinas", "13010-111"),
  createAddress("AU", "Australia", "TAS", "Tasmania", "Hobart", "7000"),
];

/** Customers of accounts in yen. */
export const japaneseAddresses: readonly Address[] = [
  createAddress("JP", "Japan", "13", "Tokyo", "Setagaya", "154-0017", 10),
  createAddress("JP", "Japan", "13", "Tokyo", "Taitō", "110-0005", 10),
  createAddress("JP", "Japan", "27", "Osaka", "Sakai", "590-0078", 10),
  createAddress("JP", "Japan", "26", "Kyoto", "Uji", "611-0021", 10),
  createAddress("JP", "Japan", "01", "Hokkaido", "Otaru", "047-0031", 10),
  createAddress("JP", "Japan", "40", "Fukuoka", "Kurume", "830-0031", 10),
  createAddress("TW", "Taiwan", null, null, "Hsinchu", "300"),
  createAddress("SG", "Singapore", null, null, "Singapore", "048616", 9),
  createAddress("US", "United States", "HI", "Hawaii", "Hilo", "96720"),
];
