import type * as z from "zod";
import { toJavascriptValues } from "../json/javascript-values.ts";
import type { Caller } from "./caller.ts";
import type { AccountFunctions, Chartmogul, PageResult } from "./chartmogul.ts";
import { functions } from "./index.ts";
import type { ListFunction } from "./list-function.ts";
import type { paging } from "./parameters.ts";
import type { ReadFunction } from "./read-function.ts";

/** A function that takes an object of options, which may be left out where each of its keys may. */
type Taking<Options, Answer> =
  Record<never, never> extends Options ? (options?: Options) => Answer : (options: Options) => Answer;

type DeclaredCall<F> =
  F extends ReadFunction<infer Parameters, infer Answer>
    ? Taking<z.input<Parameters>, Promise<Answer>>
    : never;

type DeclaredWalk<F> =
  F extends ListFunction<infer Filters, infer Entry, infer Key>
    ? Taking<
        Omit<z.input<ListFunction<Filters, Entry, Key>["parameters"]>, keyof typeof paging>,
        AsyncIterable<Entry>
      >
    : never;

type Functions = typeof functions;

/** What the schemas declare. */
type Declared = { readonly [Name in keyof Functions]: DeclaredCall<Functions[Name]> } & {
  readonly walk_customers: DeclaredWalk<Functions["list_customers"]>;
  readonly walk_subscriptions: DeclaredWalk<Functions["list_subscriptions"]>;
  readonly walk_plans: DeclaredWalk<Functions["list_plans"]>;
  readonly walk_invoices: DeclaredWalk<Functions["list_invoices"]>;
};

/** A function as it is compared: an option that may be left out would not be missed if it were not for the keys. */
type Compared<F> = F extends (...given: infer Given) => infer Answer
  ? { given: Given; keys: keyof NonNullable<Given[0]>; answer: Answer }
  : never;

/** What is written out for users, where it is what the schemas declare; or else the two, which no function is. */
type Agreed<Written, FromSchema> = [Compared<Written>, Compared<FromSchema>] extends [
  Compared<FromSchema>,
  Compared<Written>,
]
  ? Written
  : { written: Written; declared: FromSchema };

type Checked = {
  readonly [Name in keyof (AccountFunctions & Declared)]: Agreed<AccountFunctions[Name], Declared[Name]>;
};

/** The functions by name for whoever can call them. */
export function createChartmogul<Name extends string>(caller: Caller, close: () => void): Chartmogul<Name> {
  const call: Caller = async (of, given, account) =>
    toJavascriptValues(await caller(of, given, account)) as Awaited<ReturnType<(typeof of)["live"]>>;
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
        cursor = (answer as PageResult).cursor ?? undefined;
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
  } satisfies Checked;
}
