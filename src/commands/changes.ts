import { Command, Option } from "commander";
import { ConfigError } from "../errors.ts";
import {
  accountsInWarehouse,
  type CustomerNow,
  type Digest,
  digestOf,
  type LostCustomer,
  type Move,
  type RestatedMonth,
  recordChangesSince,
} from "../warehouse/digest.ts";
import { openForReading } from "../warehouse/open.ts";
import { timestamp } from "../warehouse/timestamp.ts";
import type { CommandContext } from "./command.ts";
import { resourceNamed, several } from "./selection.ts";
import { since } from "./since.ts";
import { layOut } from "./table.ts";

interface Options {
  readonly since: Date;
  readonly account: readonly string[];
  readonly resource?: string;
  readonly json?: true;
}

export function changesCommand({ config, terminal }: CommandContext): Command {
  return new Command("changes")
    .description(
      "what the syncs have found changed: customers won and lost, plans, statuses, restated months",
    )
    .addOption(
      new Option("--since <when>", "such as 12h, 1d, 2w, or a UTC date")
        .argParser((text) => since(text))
        .default(since("1d"), "1d"),
    )
    .option("--account <name>", "only this account; may be given several times", several, [])
    .option("--resource <name>", "only this resource")
    .option("--json", "print all of it as JSON, with each single change")
    .addHelpText(
      "after",
      `
Example:
  $ chartmogul-warehouse changes --since 1w --account default

What a resource held at its first complete sync is no change. All changes are in the tables record_changes and
daily_metric_restatements.`,
    )
    .action(({ since: from, account, resource, json }: Options) => {
      if (resource !== undefined) resourceNamed(resource);
      const warehouse = openForReading(config().WAREHOUSE_PATH);
      try {
        const accounts = accountsInWarehouse(warehouse);
        for (const name of account) known(name, accounts);
        const wanted = (account.length === 0 ? accounts : account).map((name) => ({
          account: name,
          since: timestamp(from),
          resource,
        }));
        if (json) {
          const all = wanted.map((each) => ({
            ...digestOf(warehouse, each),
            changes: recordChangesSince(warehouse, each),
          }));
          terminal.print(JSON.stringify({ since: timestamp(from), accounts: all }, null, 2));
          return;
        }
        for (const each of wanted) {
          for (const line of digestLines(digestOf(warehouse, each), each.since)) terminal.print(line);
        }
      } finally {
        warehouse.close();
      }
    });
}

function known(name: string, accounts: readonly string[]): void {
  if (accounts.includes(name)) return;
  throw new ConfigError(`there is no account "${name}" in the warehouse`, {
    hint: accounts.length === 0 ? "Run `sync` first." : `There are: ${accounts.join(", ")}.`,
  });
}

function digestLines(digest: Digest, from: string): string[] {
  const money = moneyIn(digest.currency);
  const sections = [
    section(
      "new customers",
      digest.newCustomers.map((customer) => newLine(customer, money)),
    ),
    section("lost customers", digest.lostCustomers.map(lostLine)),
    section("plan moves", digest.planMoves.map(moveLine)),
    section("status changes", statusLines(digest.statusMoves)),
    restatements(digest.restatedMonths, money),
    counts(digest),
  ].flat();
  const head = `account ${digest.account}, since ${from} UTC`;
  return sections.length === 0 ? [`${head}: nothing has changed`, ""] : [head, "", ...sections];
}

const longest = 20;

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > longest ? [`  … and ${lines.length - longest} more; --json has all`] : [];
  return [`${title} (${lines.length})`, ...lines.slice(0, longest).map((line) => `  ${line}`), ...more, ""];
}

type Money = (cents: number) => string;

function moneyIn(currency: string | null): Money {
  return (cents) => {
    const amount = (cents / 100).toLocaleString("en-US", {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
    return currency === null ? amount : `${amount} ${currency}`;
  };
}

function newLine({ key, name, status, mrr_in_cents }: CustomerNow, money: Money): string {
  const mrr = mrr_in_cents ? `, MRR ${money(mrr_in_cents)}` : "";
  return `${name ?? key}: ${status ?? "without a status"}${mrr}`;
}

function lostLine({ key, name, how, merged_into }: LostCustomer): string {
  return `${name ?? key}: ${how}${merged_into === null ? "" : `, merged into ${merged_into}`}`;
}

function moveLine({ customer, from, to }: Move): string {
  return `${customer}: ${from ?? "none"} → ${to ?? "none"}`;
}

function statusLines(moves: readonly Move[]): string[] {
  const customers = new Map<string, (string | null)[]>();
  for (const { customer, from, to } of moves) {
    const move = `${from ?? "none"} → ${to ?? "none"}`;
    customers.set(move, [...(customers.get(move) ?? []), customer]);
  }
  return [...customers].map(([move, names]) => {
    const more = names.length > 5 ? `, … (${names.length})` : "";
    return `${move}: ${names.slice(0, 5).join(", ")}${more}`;
  });
}

// The others follow from these.
const shown =
  /^(mrr_in_cents|customers|mrr_(new_business|expansion|contraction|churn|reactivation)_in_cents)$/;

function restatements(months: readonly RestatedMonth[], money: Money): string[] {
  const rows = months
    .filter(({ metric }) => shown.test(metric))
    .sort((one, other) => one.month.localeCompare(other.month))
    .map(({ month, metric, days, before, after }) => {
      const show = metric.endsWith("_in_cents") ? money : String;
      const difference = after - before;
      const sign = difference > 0 ? "+" : "";
      return [
        month,
        metric.replace("_in_cents", ""),
        days,
        show(before),
        show(after),
        sign + show(difference),
      ];
    });
  if (rows.length === 0) return [];
  const table = layOut(["month", "metric", "days", "before", "after", "difference"], rows);
  return ["restated months", ...table.map((line) => `  ${line}`), ""];
}

function counts({ resources }: Digest): string[] {
  if (resources.length === 0) return [];
  const rows = resources.map(({ resource, inserted, updated, deleted, restored }) => [
    resource,
    inserted,
    updated,
    deleted,
    restored,
  ]);
  const table = layOut(["records", "inserted", "updated", "deleted", "restored"], rows);
  return [...table.map((line) => `  ${line}`), ""];
}
