import { type Reply, replyJson } from "../reply.ts";
import type { World } from "../world.ts";
import { accountRoutes } from "./account.ts";
import { activityRoutes } from "./activities.ts";
import { customerRoutes } from "./customers.ts";
import { invoiceRoutes } from "./invoices.ts";
import { metricRoutes } from "./metrics.ts";
import { planRoutes } from "./plans.ts";
import { relationRoutes } from "./relations.ts";
import type { ApiRequest, Route } from "./route.ts";
import { subscriptionEventRoutes } from "./subscription-events.ts";
import { subscriptionRoutes } from "./subscriptions.ts";

const byPath = new Map<string, Route>();
for (const route of [
  ...accountRoutes,
  ...activityRoutes,
  ...customerRoutes,
  ...invoiceRoutes,
  ...metricRoutes,
  ...planRoutes,
  ...relationRoutes,
  ...subscriptionEventRoutes,
  ...subscriptionRoutes,
]) {
  byPath.set(`/v1${route.path}`, route);
}

/** An exact path wins: `/customers/search` is not a customer's uuid. */
function find(path: string): { route: Route; uuid: string } | undefined {
  const exact = byPath.get(path);
  if (exact !== undefined) return { route: exact, uuid: "" };
  const segments = path.split("/");
  for (const [index, segment] of segments.entries()) {
    if (index < 3) continue;
    const route = byPath.get(segments.with(index, ":uuid").join("/"));
    if (route !== undefined) return { route, uuid: decodeURIComponent(segment) };
  }
  return undefined;
}

/** Replies to one authenticated request. Only GET exists here: another method gets 405 on a known path, and 404 elsewhere. */
export function replyTo(world: World, method: string, path: string, query: URLSearchParams): Reply {
  const found = find(path);
  if (found === undefined) return replyJson({ error: "Not found" }, 404);
  if (method !== "GET") return replyJson({ message: `The sandbox does not answer ${method}` }, 405);
  const call: ApiRequest = { world, query, uuid: found.uuid };
  return found.route.reply(call);
}
