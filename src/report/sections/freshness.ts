import type { Figures } from "../figures.ts";
import { describeFreshness, findIncompleteTables } from "../freshness.ts";
import { type Html, html } from "../html.ts";
import { formatCount } from "../numbers.ts";
import type { Heading } from "../tables.ts";
import { chooseAccountHeading, renderFigure, renderList, type SectionSource } from "./figure.ts";

const tableHeadings: readonly Heading[] = [
  { name: "table", title: "table", kind: "text" },
  { name: "rows", title: "rows", kind: "count" },
  { name: "deleted", title: "deleted", kind: "count" },
  { name: "fresh_as_of", title: "fresh as of (UTC)", kind: "instant" },
  { name: "status", title: "last status", kind: "word" },
  { name: "suspected", title: "suspected deletes", kind: "count" },
];

const runHeadings: readonly Heading[] = [
  { name: "run", title: "run", kind: "word" },
  { name: "trigger", title: "by", kind: "word" },
  { name: "started", title: "began (UTC)", kind: "instant" },
  { name: "seconds", title: "seconds", kind: "count" },
  { name: "status", title: "ended as", kind: "word" },
  { name: "changed", title: "written", kind: "count" },
];

/** What the last sync found changed, how fresh each table is, and the last runs. */
export function renderFreshness({ figures, numbers, scope, changes, made }: SectionSource): Html {
  const own = changes.filter(({ account }) => scope.accounts.includes(account));
  const account = chooseAccountHeading(scope);
  return html`${renderFigure(
    "What the last sync found changed",
    "Customers won and lost, MRR, plans, statuses, restated months. A first sync finds nothing changed.",
    html`${own.map(({ lines }) => html`<pre>${lines.join("\n").trimEnd()}</pre>`)}`,
  )}${renderList("How fresh it is", describeReliability(figures, made), {
    headings: [...account, ...tableHeadings],
    rows: figures.tables,
    numbers,
  })}${renderList("Runs", "The last fifteen syncs, the newest first.", {
    headings: [...account, ...runHeadings],
    rows: figures.runs,
    numbers,
  })}`;
}

/** Sentences that say whether readers can rely on the figures. */
function describeReliability({ tables, runs }: Figures, made: string): string {
  const incomplete = findIncompleteTables(tables).length;
  const suspected = new Set(
    tables.flatMap(({ suspected: records, resource }) =>
      records > 0 ? [`${formatCount(records)} of ${resource}`] : [],
    ),
  );
  const [newest] = runs;
  return [
    ...(incomplete === 0 ? [] : [`${describeIncomplete(incomplete)} the last time.`]),
    ...(suspected.size === 0
      ? []
      : [
          `No figure includes the suspected deletes: ${[...suspected].join(", ")}. The last sync did not find these records, and there are too many of them to mark as deleted.`,
        ]),
    describeFreshness(tables, made),
    ...(newest === undefined || newest.status === "complete" ? [] : [`The newest run is ${newest.status}.`]),
  ].join(" ");
}

function describeIncomplete(tables: number): string {
  return tables === 1
    ? "1 table was not read to its end"
    : `${formatCount(tables)} tables were not read to their end`;
}
