import { setImmediate } from "node:timers/promises";
import { readProfile } from "#build/api/profile.js";
import { ApiError } from "#build/errors.js";
import { readBody } from "#build/json/read-json.js";
import { replyTo } from "#build/sandbox/routes/reply-to.js";

/** @import { ApiClient } from "#build/api/api-client.js" */
/** @import { World } from "#build/sandbox/world.js" */

/**
 * An API client that replies from a world of the sandbox, word for word as its server would, without a network between them. Its clock
 * does not advance where one is given.
 *
 * @param {World} world
 * @param {Date} [now]
 * @returns {ApiClient & { spent(): number }}
 */
export function worldClient(world, now) {
  let spent = 0;
  /** @type {ApiClient & { spent(): number }} */
  const api = {
    async get(path, query = {}) {
      const began = performance.now();
      const { status, body } = replyTo(
        world,
        "GET",
        `/v1/${path}`,
        new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])),
      );
      spent += performance.now() - began;
      // As from a network, each reply comes in a turn of the event loop of its own.
      await setImmediate();
      if (status !== 200) throw new ApiError(`GET /${path}: ${body}`, { status });
      return readBody(body);
    },
    profile: () => readProfile(api),
    get patient() {
      return api;
    },
    now: () => now ?? new Date(),
    /** Milliseconds that went into making replies. */
    spent: () => spent,
  };
  return api;
}

/**
 * Freezes the lists and records of a world, so that a page of a large one takes no longer than that of a small one. Nothing can change
 * the world any more.
 *
 * @param {World} world
 */
export function freezeWorld(world) {
  for (const rows of Object.values(world)) {
    if (!Array.isArray(rows)) continue;
    for (const row of rows) Object.freeze(row);
    Object.freeze(rows);
  }
}
