import type { AccountChanges } from "../../changes/changes.ts";
import type { ChangedCustomer } from "../../changes/customer-changes.ts";
import type { FieldChange } from "../../changes/field-changes.ts";
import { groupDigits, layOut } from "../table.ts";
import { fillLines, listNames } from "./fill-lines.ts";
import { describeGaps } from "./gap-lines.ts";
import { createMoneyFormat, type Money, signed } from "./money.ts";
import { layOutRestated } from "./restated-lines.ts";
import { layOutSection, linesShown } from "./section.ts";

const namesShown = 5;

/** Lays out an account's changes as a person reads them. */
export function layOutChanges(
  changes: AccountChanges,
  asked: { readonly since: string; readonly resources: readonly string[] },
): string[] {
  const money = createMoneyFormat(changes.currency);
  const sections = [
    ...customerLines(changes, money),
    ...mrrLines(changes, money),
    ...layOutSection(`plan changes (${changes.planChanges.length})`, changes.planChanges.map(changeLines)),
    ...layOutSection(
      `status changes (${changes.statusChanges.length})`,
      changes.statusChanges.map(changeLines),
    ),
    ...layOutRestated(changes.restatedMonths, changes.currency),
    ...counts(changes),
  ];
  const notes = describeGaps(changes.incomplete, asked.resources);
  const nothing = notes.length === 0 ? ": nothing has changed" : ": no changes found";
  const head = `account ${changes.account}, since ${asked.since} UTC${sections.length === 0 ? nothing : ""}`;
  return [head, ...notes, "", ...sections];
}

function customerLines(changes: AccountChanges, money: Money): string[] {
  const total = (customers: readonly ChangedCustomer[], sign: 1 | -1) =>
    money.full(sign * customers.reduce((sum, { mrr_in_cents }) => sum + mrr_in_cents, 0), signed);
  const { won, lost, wonAndLost, cameBack, merged, newLeads } = changes;
  const withMrr = (customer: ChangedCustomer, how: string) =>
    `${customer.name}: ${money.plain(customer.mrr_in_cents)}${how}`;
  const notActive = ({ status }: ChangedCustomer) =>
    status === "Active" ? "" : `, ${status ?? "no status"}`;
  const minor = [
    ...minorLines("imported again with other uuids", changes.reimported),
    ...minorLines("new, but already cancelled", changes.newCancelled),
    ...minorLines("deleted leads", changes.deletedLeads),
    ...minorLines("deleted, cancelled long before", changes.deletedCancelled),
  ];
  return [
    ...layOutSection(
      `won (${groupDigits(won.length)}): MRR ${total(won, 1)}`,
      won.map((customer) => [withMrr(customer, notActive(customer))]),
    ),
    ...layOutSection(
      `lost (${groupDigits(lost.length)}): MRR ${total(lost, -1)}`,
      lost.map((customer) => [withMrr(customer, `, ${howLost(customer)}`)]),
    ),
    ...layOutSection(
      `won and lost again (${groupDigits(wonAndLost.length)})`,
      wonAndLost.map((customer) => [withMrr(customer, `, ${howLost(customer)}`)]),
    ),
    ...layOutSection(
      `came back (${groupDigits(cameBack.length)}): MRR ${total(cameBack, 1)}`,
      cameBack.map((customer) => [withMrr(customer, notActive(customer))]),
    ),
    ...layOutSection(
      `merged (${groupDigits(merged.length)})`,
      merged.map(({ name, survivor }) => [`${name}: into ${survivor}`]),
    ),
    ...layOutSection(
      `new leads (${groupDigits(newLeads.length)})`,
      newLeads.length === 0 ? [] : [namesOf(newLeads, linesShown)],
    ),
    ...(minor.length === 0 ? [] : [...minor, ""]),
  ];
}

function howLost({ status, deleted }: ChangedCustomer): string {
  if (deleted) return "deleted";
  return status === "Cancelled" ? "cancelled" : `now ${status ?? "without a status"}`;
}

function minorLines(title: string, customers: readonly ChangedCustomer[]): string[] {
  if (customers.length === 0) return [];
  const names = customers.slice(0, namesShown).map(({ name }) => name);
  return fillLines(`${title} (${groupDigits(customers.length)}): `, listNames(names, customers.length), "  ");
}

function namesOf(customers: readonly ChangedCustomer[], most: number): string[] {
  const names = customers.slice(0, most).map(({ name }) => name);
  return fillLines("", listNames(names, customers.length), "");
}

function mrrLines({ mrrTotals, mrrChanges }: AccountChanges, money: Money): string[] {
  const { customers, up, down } = mrrTotals;
  const totals = [up, down].filter((cents) => cents !== 0).map((cents) => money.full(cents, signed));
  return layOutSection(
    `MRR changes (${groupDigits(customers)}): ${totals.join(" and ")}`,
    mrrChanges.map(({ name, before, after }) => [
      `${name}: ${money.plain(before)} → ${money.plain(after)} (${money.plain(after - before, signed)})`,
    ]),
    customers,
  );
}

function changeLines({ values, renamed, count, customers }: FieldChange): string[] {
  const course = values.map((value) => value ?? "none").join(" → ");
  const names = customers.slice(0, namesShown).map(({ name }) => name);
  return fillLines(`${course}${renamed ? " (plan renamed)" : ""}: `, listNames(names, count), "  ");
}

function counts({ resources }: AccountChanges): string[] {
  if (resources.length === 0) return [];
  const rows = resources.map(({ resource, inserted, updated, deleted, restored }) => [
    resource,
    inserted,
    updated,
    deleted,
    restored,
  ]);
  return [...layOut(["records", "inserted", "updated", "deleted", "restored"], rows), ""];
}
