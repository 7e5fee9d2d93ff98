/** What ChartMogul says about the account of a key; null where it says nothing. */
export interface Profile {
  readonly id: string | null;
  readonly name: string | null;
  readonly currency: string | null;
  readonly timeZone: string | null;
  /** The first day of its weeks: `monday` or `sunday`. */
  readonly weekStartOn: string | null;
}

/** Query parameters as the API spells them. */
export type Query = Readonly<Record<string, string | number | boolean>>;

/** Reads one ChartMogul account. */
export interface ApiClient {
  /**
   * GETs a path below `/v1` and gives the parsed JSON body. It waits for its turn, and retries what another attempt may get past; with
   * `once` it does not. Throws an ApiError for everything else.
   */
  get(path: string, query?: Query, options?: { readonly once?: boolean }): Promise<unknown>;
  /** Reads which account this is. */
  profile(): Promise<Profile>;
  /** The same client for many small requests, which let the few long listings go first. */
  readonly patient: ApiClient;
  /** The clock, so that "today" can be tested. */
  now(): Date;
}

/** Some records of a listing, from one request or a few. */
export interface Page {
  readonly records: readonly unknown[];
  /** Where the listing continues; undefined where it ended with this page, or is always read whole. */
  readonly cursor: string | undefined;
  /** How many pages the listing has, where its first response says so. */
  readonly announced?: number | undefined;
}

/** Where the reading of a listing starts: at its beginning or at a saved cursor, for one parent or for the account. */
export interface Start {
  readonly cursor?: string | undefined;
  readonly parent?: string | undefined;
  /** The first day (`YYYY-MM-DD`) to read, in a listing that can be read by date; by default all of it. */
  readonly since?: string | undefined;
  /** The last day to read; by default up to the end. */
  readonly until?: string | undefined;
  /** Reads a stored record as it was received; undefined where there is none. */
  readonly known?: (() => unknown) | undefined;
  /** The smallest stored key, for a listing that would otherwise begin later. */
  readonly firstKey?: string | undefined;
}

/** How ChartMogul lists the records of a resource. */
export interface Listing {
  /** The parent resource: each of its records has a child listing. Undefined where there is one listing for the account. */
  readonly parent?: string;
  /** True where the listing begins with the record that was created last: what is new comes first. */
  readonly newestFirst?: true;
  pages(api: ApiClient, start: Start): AsyncIterable<Page>;
  /** How many records the listing has; undefined where the API does not say it. */
  count?(api: ApiClient): Promise<number | undefined>;
}

/** Reads one record by its key; undefined where ChartMogul does not have it. */
export type Detail = (api: ApiClient, key: string) => Promise<unknown>;
