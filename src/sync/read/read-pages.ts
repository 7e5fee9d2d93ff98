import type { ApiClient, Listing, Page, Start } from "../../api/api-client.ts";
import { ApiError, isRefusal, NotAllowedError } from "../../errors.ts";

/**
 * Reads the pages of a listing from `start`. Where the listing does not continue behind a cursor, it is read from its beginning,
 * once; `startOver` is called when the beginning has answered, before its first page. Where the beginning is refused too, its
 * error counts: a NotAllowedError where it is 403, since then it cannot be the cursor.
 *
 * No status says why a cursor is refused. A cursor may be too old, too long or from before a change of the server, and 400, 403,
 * 404, 410, 414, 422 and 431 are all used for it. A saved one may also break the server or never be answered. So every failure of
 * the first request behind a saved cursor counts. Of a cursor that the server gave in this walk only a refusal counts: whatever
 * else is wrong will have passed when the next sync continues from there. Nothing should wait twice for a server that is down:
 * after an answer that was not a refusal, the beginning is requested without retries until it has answered.
 */
export async function* readPages(
  listing: Listing,
  api: ApiClient,
  start: Start,
  startOver: () => void | Promise<void>,
): AsyncIterable<Page> {
  let { cursor } = start;
  let isSaved = cursor !== undefined;
  let beginning = api;
  try {
    const pages = isSaved ? listing.pages(api, start) : fromBeginning(listing, api, start);
    for await (const page of pages) {
      ({ cursor } = page);
      isSaved = false;
      yield page;
    }
    return;
  } catch (error) {
    if (!(error instanceof ApiError) || cursor === undefined) throw error;
    if (!isRefusal(error)) {
      if (!isSaved) throw error;
      beginning = withoutRetriesAtFirst(api);
    }
  }
  let hasBegun = false;
  for await (const page of fromBeginning(listing, beginning, { ...start, cursor: undefined })) {
    if (!hasBegun) await startOver();
    hasBegun = true;
    yield page;
  }
}

async function* fromBeginning(listing: Listing, api: ApiClient, start: Start): AsyncIterable<Page> {
  let hasBegun = false;
  try {
    for await (const page of listing.pages(api, start)) {
      hasBegun = true;
      yield page;
    }
  } catch (error) {
    if (hasBegun || !(error instanceof ApiError) || error.status !== 403) throw error;
    const { message, status, hint } = error;
    throw new NotAllowedError(message, { status, cause: error, ...(hint !== undefined && { hint }) });
  }
}

/** The same API client, without retries until it has answered once. */
function withoutRetriesAtFirst(api: ApiClient): ApiClient {
  let hasAnswered = false;
  return {
    async get(path, query) {
      const answer = await api.get(path, query, { once: !hasAnswered });
      hasAnswered = true;
      return answer;
    },
    profile: () => api.profile(),
    get patient() {
      return api.patient;
    },
    now: () => api.now(),
  };
}
