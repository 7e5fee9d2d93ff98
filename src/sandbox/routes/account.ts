import { type Reply, replyJson, replyNotFound } from "../reply.ts";
import type { AccountSettings, DataSource } from "../world.ts";
import { type ApiRequest, isOn, matches, type Route } from "./route.ts";

function replyWithAccount({ world, query }: ApiRequest): Reply {
  const settings = new Map(Object.entries(world.settings satisfies AccountSettings));
  const included: Record<string, unknown> = {};
  for (const name of (query.get("include") ?? "").split(",").filter((part) => part !== "")) {
    if (!settings.has(name)) return replyJson({ message: `Invalid include parameter: ${name}` }, 400);
    included[name] = settings.get(name);
  }
  return replyJson({ ...world.account, ...included });
}

function show(source: DataSource, query: URLSearchParams): unknown {
  const { processing_status, auto_churn_subscription_setting, invoice_handling_setting, ...always } = source;
  return {
    ...always,
    ...(isOn(query, "with_processing_status") ? { processing_status: processing_status ?? {} } : {}),
    ...(isOn(query, "with_auto_churn_subscription_setting") ? { auto_churn_subscription_setting } : {}),
    ...(isOn(query, "with_invoice_handling_setting") ? { invoice_handling_setting } : {}),
  };
}

/** Not paged: https://dev.chartmogul.com/reference/sources/list gives the whole list and no cursor. */
function replyWithSources({ world, query }: ApiRequest): Reply {
  const sources = world.dataSources.filter(
    (source) => matches(query, "name", source.name) && matches(query, "system", source.system),
  );
  return replyJson({ data_sources: sources.map((source) => show(source, query)) });
}

/** Ping, account and data sources: https://dev.chartmogul.com/reference/retrieve-account. */
export const accountRoutes: Route[] = [
  { path: "/ping", reply: () => replyJson({ data: "pong!" }) },
  { path: "/account", reply: replyWithAccount },
  { path: "/data_sources", reply: replyWithSources },
  {
    path: "/data_sources/:uuid",
    reply({ world, query, uuid }) {
      const source = world.dataSources.find((candidate) => candidate.uuid === uuid);
      return source === undefined ? replyNotFound("Data source") : replyJson(show(source, query));
    },
  },
];
