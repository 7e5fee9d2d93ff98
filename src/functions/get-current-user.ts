import { z } from "zod";
import { profileOf } from "../chartmogul/profile.ts";
import type { Profile } from "../chartmogul/source.ts";
import { account } from "../resources/account.ts";
import { asOf, instant } from "./as-of.ts";
import { live, type ReadFunction } from "./read-function.ts";
import { recordReader } from "./stored-record.ts";

/** Whose key it is, as far as ChartMogul says. */
export interface CurrentUser {
  /** The API tells nothing of the person to whom a key belongs: these three are not known. */
  readonly first_name: null;
  readonly last_name: null;
  readonly email: null;
  /** The operator's name of the account. */
  readonly account: string;
  /** ChartMogul's identifier of the account (acc_…) and the rest; null where ChartMogul did not say it. */
  readonly id: string | null;
  readonly name: string | null;
  readonly currency: string | null;
  readonly time_zone: string | null;
  /** Whether ChartMogul has just accepted the key. */
  readonly verified: boolean;
  readonly as_of: string;
}

const parameters = z.strictObject(live(true));

/** https://dev.chartmogul.com/reference/ping and https://dev.chartmogul.com/reference/retrieve-account */
export const getCurrentUser: ReadFunction<typeof parameters, CurrentUser> = {
  name: "get_current_user",
  description:
    "Verifies the API key at ChartMogul and tells which account it belongs to. ChartMogul does not tell the person: first_name, last_name and email are null. With live: false it tells what is stored, and verifies nothing.",
  parameters,
  fromWarehouse({ name, warehouse, ...rest }) {
    const as_of = asOf({ name, warehouse, ...rest }, account.name);
    return user(name, profileOf(recordReader(warehouse, name, account)("")), { verified: false, as_of });
  },
  async live({ name, source }) {
    await source.get("ping");
    return user(name, await source.profile(), { verified: true, as_of: instant(source.now()) });
  },
};

function user(
  account: string,
  { id, name, currency, timeZone }: Profile,
  rest: Pick<CurrentUser, "verified" | "as_of">,
): CurrentUser {
  const person = { first_name: null, last_name: null, email: null };
  return { ...person, account, id, name, currency, time_zone: timeZone, ...rest };
}
