/** What ChartMogul says of the account that a key belongs to; null where it does not say. */
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

/** One ChartMogul account to read from. */
export interface ApiClient {
  /**
   * GETs a path below `/v1` and gives the parsed JSON body.
   * Waits for its turn, retries what may pass unless told to ask only `once`, and throws an ApiError for everything else.
   */
  get(path: string, query?: Query, options?: { readonly once?: boolean }): Promise<unknown>;
  /** Asks which account this is. */
  profile(): Promise<Profile>;
  /** The same account, for many small requests that should let the few long listings go first. */
  readonly patient: ApiClient;
  /** The clock, so that "today" can be tested. */
  now(): Date;
}

/** What one or a few requests gave: some records of a listing. */
export interface Page {
  readonly records: readonly unknown[];
  /** Where the listing goes on; undefined where it ended with this page, or is always read whole. */
  readonly cursor: string | undefined;
  /** How many pages the listing has, where its first answer says so. */
  readonly announced?: number | undefined;
}

/** Where a listing starts: at its beginning or at a saved cursor, for one parent or for the whole account. */
export interface Start {
  readonly cursor?: string | undefined;
  readonly parent?: string | undefined;
  /** The first day (`YYYY-MM-DD`) that is asked for, in a listing that can be asked for by date; by default all of it. */
  readonly since?: string | undefined;
  /** The last such day, where not all of it is asked for up to the end. */
  readonly until?: string | undefined;
  /** Gives a record that is stored, as it was received before; undefined where there is none. */
  readonly known?: (() => unknown) | undefined;
  /** The smallest key that is stored, for a listing that otherwise would begin later. */
  readonly firstKey?: string | undefined;
}

/** How the records of a resource are had. */
export interface Extract {
  /** The resource that has one such listing for each of its records; undefined where the account has only one. */
  readonly parent?: string;
  /** True where the listing begins with the record that was created last, so that what is new stands in front. */
  readonly newestFirst?: true;
  pages(api: ApiClient, start: Start): AsyncIterable<Page>;
  /** How many records the listing has; undefined where the API does not say. */
  count?(api: ApiClient): Promise<number | undefined>;
}

/** Reads one record by its key; undefined where ChartMogul does not have it. */
export type Detail = (api: ApiClient, key: string) => Promise<unknown>;
