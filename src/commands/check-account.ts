import type { ApiClient } from "../api/api-client.ts";
import { inspectWarehouse } from "../database/inspect.ts";
import { openForReading } from "../database/open.ts";
import { ApiError } from "../errors.ts";
import { resources } from "../resources/index.ts";
import type { Resource } from "../resources/resource.ts";
import { findOtherNames } from "../state/linked-accounts.ts";
import { explainHowToAllow } from "../state/status.ts";
import { accountResource } from "../store/record-changes.ts";
import { refuseOtherAccount } from "../sync/refuse-other-account.ts";
import type { CheckReport } from "./check-report.ts";
import { findMissing } from "./find-missing.ts";
import { type ListingReplies, requestEachListing } from "./request-each-listing.ts";

interface KnownWarehouse {
  /** Path of the warehouse; undefined if the file cannot be opened. */
  readonly path: string | undefined;
  /** The resources that a sync reads. */
  readonly resources: readonly Resource[];
}

/** Checks the key of one account, its listings, and what the warehouse lacks of it. */
export async function checkAccount(
  report: CheckReport,
  name: string,
  api: ApiClient,
  { path, resources }: KnownWarehouse,
): Promise<void> {
  const account = `account ${name}`;
  const isKnown = await report.attempt(account, () => checkKey(name, api, path));
  if (isKnown) reportListings(report, account, await requestEachListing(api, resources));
  for (const lack of path === undefined ? [] : findMissing(path, name, resources))
    report.fault(account, lack);
}

/** Reports the listings of one account: those that answer in one line, those that the key may not read in another. */
function reportListings(
  report: CheckReport,
  account: string,
  { answering, refused, failed }: ListingReplies,
): void {
  // The account itself can be read even if nothing else can.
  if (answering.some((resource) => resource !== accountResource)) {
    report.good(account, `may read ${answering.join(", ")}`);
    if (refused.length > 0)
      report.warning(
        account,
        `the API key may not read ${refused.join(", ")} (403)`,
        explainHowToAllow(refused),
      );
  } else if (refused.length > 0) {
    const shut = new ApiError(`the API key may not read anything (403): ${refused.join(", ")}`, {
      hint: "Check whether the trial of this ChartMogul account has expired.",
    });
    report.fault(account, shut);
  }
  for (const { resource, error } of failed) report.fault(`${account}, ${resource}`, error);
}

/** Every account has both. Without them, nobody would know the currency and the days of the stored figures. */
function noWord(key: string): never {
  throw new ApiError(`GET /account has no usable ${key}`, {
    hint: "Check CHARTMOGUL_API_URL. If it is right, report this.",
  });
}

/** `path` is undefined if the warehouse cannot be opened. */
async function checkKey(name: string, api: ApiClient, path: string | undefined): Promise<string> {
  await api.get("ping");
  const profile = await api.profile();
  const found = `${profile.name ?? "no name"}, ${profile.currency ?? noWord("currency")}, ${profile.timeZone ?? noWord("time_zone")}`;
  if (path === undefined || inspectWarehouse(path) === 0) return found;
  const warehouse = openForReading(path);
  try {
    await refuseOtherAccount({ warehouse, account: name, api }, profile, resources);
    const others = findOtherNames(warehouse, name, profile);
    if (others.length === 0) return found;
    return `${found}; also stored as ${others.join(" and ")}: sums over all accounts use the one that was read last`;
  } finally {
    warehouse.close();
  }
}
