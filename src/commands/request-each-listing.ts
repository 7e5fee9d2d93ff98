import type { ApiClient, Page } from "../api/api-client.ts";
import { ApiError, ExplainedError } from "../errors.ts";
import type { Resource } from "../resources/resource.ts";

/** The result of requesting one record of each listing, by the names of the resources. */
export interface ListingReplies {
  readonly answering: readonly string[];
  /** The key may not read them. */
  readonly refused: readonly string[];
  readonly failed: readonly { readonly resource: string; readonly error: ExplainedError }[];
}

type Found = { readonly page: Page } | { readonly error: ExplainedError };

/** Requests one record of each listing; of a child resource, from the listing of one parent. */
export async function requestEachListing(
  api: ApiClient,
  resources: readonly Resource[],
): Promise<ListingReplies> {
  const asking = oneRowOf(api);
  const found = new Map<string, Found>();
  const ask = async ({ name, listing }: Resource, parent?: string) => {
    found.set(name, await firstPage(listing.pages(asking, { parent })));
  };
  await Promise.all(resources.filter(({ listing }) => listing.parent === undefined).map((root) => ask(root)));
  await Promise.all(
    resources.map(async (resource) => {
      const parent = resources.find(({ name }) => name === resource.listing.parent);
      const ofParent = parent && found.get(parent.name);
      if (!parent || !ofParent) return;
      const [first] = "page" in ofParent ? ofParent.page.records : [];
      const key = first === undefined ? undefined : parent.keyOf(first, undefined);
      // Without a parent record, the result of the parent resource counts.
      if (key === undefined) found.set(resource.name, ofParent);
      else await ask(resource, key);
    }),
  );
  const all = resources.flatMap(({ name }) => {
    const one = found.get(name);
    return one ? [{ resource: name, ...one }] : [];
  });
  const failed = all.flatMap((one) => ("error" in one ? [one] : []));
  return {
    answering: all.flatMap((one) => ("page" in one ? [one.resource] : [])),
    refused: failed.filter(({ error }) => isForbidden(error)).map(({ resource }) => resource),
    failed: failed.filter(({ error }) => !isForbidden(error)),
  };
}

const isForbidden = (error: ExplainedError) => error instanceof ApiError && error.status === 403;

async function firstPage(pages: AsyncIterable<Page>): Promise<Found> {
  try {
    for await (const page of pages) return { page };
    return { page: { records: [], cursor: undefined } };
  } catch (error) {
    if (error instanceof ExplainedError) return { error };
    throw error;
  }
}

/** The same account with pages of one record. */
function oneRowOf(api: ApiClient): ApiClient {
  return {
    get: (path, query = {}) => api.get(path, "per_page" in query ? { ...query, per_page: 1 } : query),
    profile: () => api.profile(),
    get patient() {
      return oneRowOf(api.patient);
    },
    now: () => api.now(),
  };
}
