import { ApiError } from "../../errors.ts";
import type { Resource } from "../../resources/resource.ts";
import { openRejects, type Reject } from "../../store/rejects.ts";
import { askEach } from "../read/ask-each.ts";
import type { Run } from "../run.ts";

/**
 * The records of a resource that earlier runs rejected. Nothing of them is stored, so that a sync that leaves out what it knows must not
 * leave out these: they are asked for by their keys, or the listing is read as far as they stand in it.
 */
export interface Awaited {
  /** Those that this run has not met so far. */
  unmet(): readonly Reject[];
  /** True where only the listing can tell of some of these. */
  needsListing(): boolean;
  /** Asks for each of these by its key; gives the records that ChartMogul has, and the keys of which it does not say. */
  ask(): Promise<Answers>;
}

interface Answers {
  readonly records: readonly unknown[];
  readonly unclear: ReadonlySet<string>;
}

// A page: for more of them the listing takes fewer requests.
const mostAsked = 200;

export function awaitedBy(run: Run, { name, detail, keyOf }: Resource): Awaited {
  const { warehouse, account, api, now } = run;
  const rejects = openRejects(warehouse, account, name, { run: run.id, now });
  const unmet = () => rejects.openSince(run.id);
  return {
    unmet,
    needsListing() {
      const awaited = unmet();
      const areAskedFor = detail !== undefined && awaited.length <= mostAsked;
      return awaited.some(({ hasKey }) => !hasKey || !areAskedFor);
    },
    async ask() {
      const records: unknown[] = [];
      const unclear = new Set<string>();
      const take = (key: string, record: unknown) => {
        const found = keyOf(record, undefined);
        if (found === key) records.push(record);
        else if (record !== undefined && found === undefined) unclear.add(key);
      };
      const askFor = async (key: string) => {
        try {
          take(key, await detail?.(api.patient, key));
        } catch (error) {
          // It stays rejected, and is said to be missing.
          if (!(error instanceof ApiError)) throw error;
          unclear.add(key);
        }
      };
      const keys = detail === undefined ? [] : unmet().flatMap(({ key, hasKey }) => (hasKey ? [key] : []));
      await askEach(keys, askFor);
      return { records, unclear };
    },
  };
}
