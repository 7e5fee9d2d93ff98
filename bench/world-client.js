import { readProfile } from "#build/api/profile.js";
import { ApiError } from "#build/errors.js";
import { readJson } from "#build/json/read-json.js";
import { replyTo } from "#build/sandbox/routes/reply-to.js";

/** @import { ApiClient } from "#build/api/api-client.js" */
/** @import { World } from "#build/sandbox/world.js" */

/**
 * An API client that replies from a world of the sandbox, word for word as its server would, without a network between them; its clock
 * does not advance where one is given.
 *
 * @param {World} world
 * @param {Date} [now]
 * @returns {ApiClient}
 */
export function worldClient(world, now) {
  /** @type {ApiClient} */
  const api = {
    async get(path, query = {}) {
      const { status, body } = replyTo(
        world,
        "GET",
        `/v1/${path}`,
        new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])),
      );
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
