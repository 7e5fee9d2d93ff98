import type { z } from "zod";
import type { Caller } from "./caller.ts";
import { functions } from "./index.ts";
import type { ListFunction, Paged } from "./list-function.ts";
import type { paging } from "./parameters.ts";
import type { ReadFunction } from "./read-function.ts";

type Functions = typeof functions;

/** An object of options, which may be left out where each of its keys may. */
type Options<Given> = Record<never, never> extends Given ? [options?: Given] : [options: Given];

type Call<F> =
  F extends ReadFunction<infer Parameters, infer Answer>
    ? (...options: Options<z.input<Parameters>>) => Promise<Answer>
    : never;

type Walk<F> = F extends {
  readonly parameters: infer Parameters extends z.ZodObject;
  entriesOf(answer: never): readonly (infer Entry)[];
}
  ? (options?: Omit<z.input<Parameters>, keyof typeof paging>) => AsyncIterable<Entry>
  : never;

/** The functions of one account, and beside each list a walk through all of its records. */
export type AccountFunctions = { readonly [Name in keyof Functions]: Call<Functions[Name]> } & {
  readonly walk_customers: Walk<Functions["list_customers"]>;
  readonly walk_subscriptions: Walk<Functions["list_subscriptions"]>;
  readonly walk_plans: Walk<Functions["list_plans"]>;
  readonly walk_invoices: Walk<Functions["list_invoices"]>;
};

/**
 * The functions of the default account, and by its name those of each other: `chartmogul.list_plans()`,
 * `chartmogul.production.list_plans()`. An account that has the name of something else here is in `accounts`.
 */
export type Chartmogul<Name extends string = string> = AccountFunctions & {
  readonly accounts: { readonly [Each in Name]: AccountFunctions };
  /** Ends what is being asked of ChartMogul; nothing can be asked afterwards. */
  close(): void;
} & { readonly [Each in Name]: AccountFunctions };

/** The functions by name for whoever can call them. */
export function createChartmogul<Name extends string>(call: Caller, close: () => void): Chartmogul<Name> {
  const accounts = byName((name) => functionsOf(call, name));
  // An account is known by its name only when it is asked: a sync may have stored it just now.
  return new Proxy(
    { ...functionsOf(call), accounts, close },
    { get: (own, name, self) => Reflect.get(name in own ? own : accounts, name, self) },
  ) as unknown as Chartmogul<Name>;
}

function byName<T extends object>(make: (name: string) => T): Record<string, T> {
  const made = new Map<string, T>();
  return new Proxy(
    {},
    {
      get(_, name) {
        // What has a method `then` is taken for a promise by `await`.
        if (typeof name === "symbol" || name === "then") return undefined;
        const known = made.get(name) ?? make(name);
        made.set(name, known);
        return known;
      },
    },
  );
}

function functionsOf(call: Caller, account?: string): AccountFunctions {
  const caller =
    <Parameters extends z.ZodObject, Answer>(of: ReadFunction<Parameters, Answer>) =>
    (options: z.input<Parameters> | undefined = undefined): Promise<Answer> =>
      call(of, options ?? {}, account);
  const walker = <Filters extends z.ZodRawShape, Entry, Key extends string>(
    of: ListFunction<Filters, Entry, Key>,
  ) =>
    async function* (filters: object = {}): AsyncIterable<Entry> {
      let cursor: string | undefined;
      do {
        const answer = await call(
          of,
          { per_page: 200, ...filters, ...(cursor !== undefined && { cursor }) },
          account,
        );
        yield* of.entriesOf(answer);
        cursor = (answer as Paged).cursor ?? undefined;
      } while (cursor !== undefined);
    };
  return {
    list_customers: caller(functions.list_customers),
    get_customer: caller(functions.get_customer),
    list_subscriptions: caller(functions.list_subscriptions),
    list_plans: caller(functions.list_plans),
    list_invoices: caller(functions.list_invoices),
    get_metrics: caller(functions.get_metrics),
    get_current_user: caller(functions.get_current_user),
    walk_customers: walker(functions.list_customers),
    walk_subscriptions: walker(functions.list_subscriptions),
    walk_plans: walker(functions.list_plans),
    walk_invoices: walker(functions.list_invoices),
  };
}
