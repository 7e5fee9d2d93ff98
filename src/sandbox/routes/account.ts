import { type Answer, json, notFound } from "../answer.ts";
import type { AccountSettings, DataSource } from "../world.ts";
import { type Call, isOn, matches, type Route } from "./call.ts";

function answerAccount({ world, query }: Call): Answer {
  const settings = new Map(Object.entries(world.settings satisfies AccountSettings));
  const included: Record<string, unknown> = {};
  for (const name of (query.get("include") ?? "").split(",").filter((part) => part !== "")) {
    if (!settings.has(name)) return json({ message: `Invalid include parameter: ${name}` }, 400);
    included[name] = settings.get(name);
  }
  return json({ ...world.account, ...included });
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

/** Not paged: https://dev.chartmogul.com/reference/sources/list answers with the whole list and no cursor. */
function answerSources({ world, query }: Call): Answer {
  const sources = world.dataSources.filter(
    (source) => matches(query, "name", source.name) && matches(query, "system", source.system),
  );
  return json({ data_sources: sources.map((source) => show(source, query)) });
}

/** Ping, account and data sources: https://dev.chartmogul.com/reference/retrieve-account. */
export const accountRoutes: Route[] = [
  { path: "/ping", answer: () => json({ data: "pong!" }) },
  { path: "/account", answer: answerAccount },
  { path: "/data_sources", answer: answerSources },
  {
    path: "/data_sources/:uuid",
    answer({ world, query, uuid }) {
      const source = world.dataSources.find((candidate) => candidate.uuid === uuid);
      return source === undefined ? notFound("Data source") : json(show(source, query));
    },
  },
];
