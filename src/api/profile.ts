import { ApiError } from "../errors.ts";
import type { ApiClient, Profile } from "./api-client.ts";

/** Reads which account the key belongs to (https://dev.chartmogul.com/reference/retrieve-account). */
export async function readProfile(api: Pick<ApiClient, "get">): Promise<Profile> {
  return parseProfile(await api.get("account"));
}

/** Reads the body of `/account`. Throws an ApiError where it is not an account. */
export function parseProfile(body: unknown): Profile {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw createProfileError();
  const text = (key: string) => {
    const value = (body as Readonly<Record<string, unknown>>)[key];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const [currency, timeZone] = [text("currency"), text("time_zone")];
  // Every account has these. JSON with neither is not from ChartMogul; where one is odd, only what needs it fails.
  if (currency === null && timeZone === null) throw createProfileError(": no currency, no time_zone");
  return {
    id: text("id"),
    name: text("name"),
    currency,
    timeZone,
    weekStartOn: text("week_start_on"),
  };
}

function createProfileError(why = ""): ApiError {
  return new ApiError(`ChartMogul answered GET /account with something that is not an account${why}`, {
    hint: "Check CHARTMOGUL_API_URL: something else may answer in place of ChartMogul.",
  });
}
