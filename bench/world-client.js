import { readProfile } from "../build/api/profile.js";
import { ApiError } from "../build/errors.js";
import { readJson } from "../build/json/read-json.js";
import { replyTo } from "../build/sandbox/routes/reply-to.js";

/**
 * An API client that answers from a world of the sandbox, word for word as its server would, without a network between them; its clock
 * stands still where one is given.
 */
export function worldClient(world, now = undefined) {
  const api = {
    async get(path, query = {}) {
      const { status, body } = replyTo(world, "GET", `/v1/${path}`, new URLSearchParams(query));
      if (status !== 200) throw new ApiError(`GET /${path}: ${body}`, { status });
      return readJson(body);
    },
    profile: () => readProfile(api),
    get patient() {
      return api;
    },
    now: () => now ?? new Date(),
  };
  return api;
}
