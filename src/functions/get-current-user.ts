import * as z from "zod";
import type { Profile } from "../api/api-client.ts";
import { parseProfile } from "../api/profile.ts";
import { account } from "../resources/account.ts";
import type { CurrentUser } from "./chartmogul.ts";
import { formatInstant, readFreshAsOf } from "./fresh-as-of.ts";
import { live, type ReadFunction } from "./read-function.ts";
import { prepareRecordReader } from "./stored-record.ts";

const parameters = z.strictObject(live(true));

/** https://dev.chartmogul.com/reference/ping and https://dev.chartmogul.com/reference/retrieve-account */
export const getCurrentUser: ReadFunction<typeof parameters, CurrentUser> = {
  name: "get_current_user",
  description:
    "Verifies the API key with ChartMogul and returns its account. ChartMogul does not name the person: first_name, last_name and email are null. With live: false it returns what is stored, and verifies nothing.",
  parameters,
  fromWarehouse({ name, warehouse, ...rest }) {
    const fresh_as_of = readFreshAsOf({ name, warehouse, ...rest }, account.name);
    return user(name, parseProfile(prepareRecordReader(warehouse, name, account)("")), {
      verified: false,
      fresh_as_of,
    });
  },
  async live({ name, api }) {
    await api.get("ping");
    return user(name, await api.profile(), { verified: true, fresh_as_of: formatInstant(api.now()) });
  },
};

function user(
  account: string,
  { id, name, currency, timeZone }: Profile,
  rest: Pick<CurrentUser, "verified" | "fresh_as_of">,
): CurrentUser {
  const person = { first_name: null, last_name: null, email: null };
  return { ...person, account, id, name, currency, time_zone: timeZone, ...rest };
}
