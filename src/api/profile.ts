import { ApiError } from "../errors.ts";
import type { ApiClient, Profile } from "./api-client.ts";

/** Asks which account the key belongs to (https://dev.chartmogul.com/reference/retrieve-account). */
export async function readProfile(source: Pick<ApiClient, "get">): Promise<Profile> {
  return profileOf(await source.get("account"));
}

/** What the body of such an answer says. Throws an ApiError where it is no account. */
export function profileOf(body: unknown): Profile {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw noAccount();
  const text = (key: string) => {
    const value = (body as Readonly<Record<string, unknown>>)[key];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const [currency, timeZone] = [text("currency"), text("time_zone")];
  // Every account has these. JSON with neither is somebody else's; where one is odd, only what needs it fails.
  if (currency === null && timeZone === null) throw noAccount(": no currency, no time_zone");
  return {
    id: text("id"),
    name: text("name"),
    currency,
    timeZone,
    weekStartOn: text("week_start_on"),
  };
}

function noAccount(why = ""): ApiError {
  return new ApiError(`ChartMogul answered GET /account with something that is no account${why}`, {
    hint: "Check CHARTMOGUL_API_URL: something else may answer in ChartMogul's place.",
  });
}
