import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { openWarehouse } from "../../src/database/open.ts";
import { formatMonth } from "../../src/report/numbers.ts";
import { generateWorld } from "../../src/sandbox/generate-world.ts";
import { refreshSummaries } from "../../src/summaries/refresh-summaries.ts";
import { type Scene, tiny } from "../commands/scene.ts";
import { type SceneHere, sceneHere, syncedScene } from "../commands/scene-here.ts";
import { put } from "../summaries/invented.ts";
import { today } from "../support/accounts.ts";
import { temporaryFolder } from "../support/folder.ts";
import { keepFiles } from "../support/keep-files.ts";
import { runHere } from "../support/run-here.ts";
import { figuresIn, hasBrowser, openPage, useBrowser } from "./browser.ts";

useBrowser();

const page = (here: Scene) => join(here.folder, "report.html");

const accounts = ["default", "harbor"];
let putReported: ReturnType<typeof keepFiles> | undefined;

/** Two synced accounts, one with a restatement, and their report; made once, since no test changes what the others see. */
async function reported(): Promise<SceneHere> {
  if (putReported !== undefined) {
    const here = await sceneHere(...accounts.map((name) => tiny(name)));
    putReported(here.folder);
    return here;
  }
  const here = await syncedScene({ accounts });
  const warehouse = openWarehouse(here.warehouse);
  const [{ date, mrr } = { date: "", mrr: 0 }] = warehouse.sqlite
    .prepare<[], { date: string; mrr: number }>(
      "SELECT date, mrr_in_cents AS mrr FROM daily_metrics WHERE account = 'default' ORDER BY date DESC LIMIT 1 OFFSET 40",
    )
    .all();
  const observed_at = "2025-06-30 00:00:00";
  const restated = { account: "default", date, metric: "mrr_in_cents", observed_at };
  put(warehouse, "daily_metric_restatements", { ...restated, old_value: mrr - 12_345, new_value: mrr });
  refreshSummaries(warehouse, new Date());
  warehouse.close();
  expect(await here.run(["report"])).toMatchObject({ code: 0, stderr: "" });
  putReported = keepFiles(here.folder);
  return here;
}

const movementsDrawn = (shown: Page) =>
  shown.locator('article:not([hidden]) figure[data-chart="movements"] g[aria-label="bar"] rect').count();

/** How many movements the table behind the chart has of the months that are drawn. */
async function movementsListed(shown: Page): Promise<number> {
  const months = (await figuresIn(shown, "MRR movements")).slice(-13);
  return months.flatMap((row) => row.slice(2, 7)).filter((value) => Number(value) !== 0).length;
}

/** How much brighter the one of two colours (`#rrggbb`) is than the other, as WCAG 2 reckons it. */
function contrast(one: string, other: string): number {
  const [darker = 0, brighter = 0] = [one, other].map(brightness).sort((a, b) => a - b);
  return (brighter + 0.05) / (darker + 0.05);
}

function brightness(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("the command", () => {
  test("refuses an account that is not there, and a place that cannot be written to, and leaves the old page", async () => {
    const here = await syncedScene({ only: ["plans"] });
    writeFileSync(page(here), "old");
    const unknown = await here.runHere(["report", "--account", "nobody"]);
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toMatch(/there is no account "nobody".*hint: {2}There are: default\./s);
    const nowhere = await here.run(["report", "--output", "missing/report.html"]);
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    expect(nowhere.stderr).toMatch(/cannot write "missing\/report\.html".*hint: /s);
    const full = await here.run(["report"], {}, { kibibytes: 100 });
    expect(full.code).toBe(1);
    expect(readFileSync(page(here), "utf8")).toBe("old");
    expect(readdirSync(here.folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  test("writes to where a link leads, and never replaces something other than a file", async () => {
    const here = await syncedScene({ only: ["plans"] });
    const [target, link] = ["target.html", "link.html"].map((name) => join(here.folder, name));
    writeFileSync(target ?? "", "old");
    symlinkSync(target ?? "", link ?? "");
    expect((await here.runHere(["report", "--output", "link.html"])).code).toBe(0);
    expect(lstatSync(link ?? "").isSymbolicLink()).toBe(true);
    expect(readFileSync(target ?? "", "utf8")).toContain("ChartMogul report");
    const { code, stderr } = await here.runHere(["report", "--output", "."]);
    expect(code).toBe(2);
    expect(stderr).toContain("it is not a file");
  });

  test("writes to where a link leads although nothing is there yet", async () => {
    const here = await syncedScene({ only: ["plans"] });
    mkdirSync(join(here.folder, "shared"));
    symlinkSync("shared/latest.html", join(here.folder, "link.html"));
    symlinkSync("target.html", join(here.folder, "shared", "latest.html"));
    expect((await here.runHere(["report", "--output", "link.html"])).code).toBe(0);
    expect(lstatSync(join(here.folder, "link.html")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(here.folder, "shared", "target.html"), "utf8")).toContain("ChartMogul report");
    symlinkSync("round.html", join(here.folder, "round.html"));
    const { code, stderr } = await here.runHere(["report", "--output", "round.html"]);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot write "round.html"');
  });

  test("lets nobody read the page who may not read the warehouse or the old page", async () => {
    const here = await syncedScene({ only: ["plans"] });
    const mode = () => statSync(page(here)).mode & 0o777;
    chmodSync(here.warehouse, 0o600);
    writeFileSync(`${page(here)}.unfinished`, "left by one that was killed", { mode: 0o644 });
    expect((await here.runHere(["report"])).code).toBe(0);
    expect(mode()).toBe(0o600);
    chmodSync(page(here), 0o664);
    expect((await here.runHere(["report"])).code).toBe(0);
    expect(mode()).toBe(0o664);
    chmodSync(page(here), 0o600);
    chmodSync(here.warehouse, 0o644);
    expect((await here.runHere(["report"])).code).toBe(0);
    expect(mode()).toBe(0o600);
  });

  test("says so where there is no warehouse", async () => {
    const { code, stderr } = await runHere(["report"], { cwd: temporaryFolder() });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/there is no warehouse at.*hint: /s);
  });

  test("writes one account alone where it is named, and names no key and no other account", async () => {
    const here = await reported();
    const { code, stdout } = await here.run(["report", "--account", "harbor", "--output", "one.html"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^one\.html: \d\.\d MB$/m) });
    const text = readFileSync(join(here.folder, "one.html"), "utf8");
    expect(text).toContain("Account harbor");
    expect(text).not.toContain("Account default");
    for (const { key } of here.worlds) expect(text).not.toContain(key);
  });
});

describe.skipIf(!hasBrowser)("the page", () => {
  test("draws every chart without a complaint and without asking for anything else", async () => {
    const here = await reported();
    const { page: shown, complaints, requests } = await openPage(page(here));
    expect(await shown.locator("article:not([hidden]) .chart svg").count()).toBe(5);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  test("has the figures that SQL gives", async () => {
    const here = await reported();
    const { page: shown } = await openPage(page(here), { hash: "#account-1" });
    const list = (sql: string) =>
      here.rows(sql).map((row) => Object.values(row).map((value) => (value === null ? "" : String(value))));
    expect(await figuresIn(shown, "Monthly recurring revenue")).toEqual(
      list(
        `SELECT date, mrr_in_cents / 100.0,
           coalesce((SELECT old_value FROM daily_metric_restatements AS was WHERE was.date = today.date), mrr_in_cents) / 100.0,
           (SELECT count(*) FROM daily_metric_restatements AS was WHERE was.date = today.date), customers
         FROM daily_metrics AS today WHERE account = 'default' ORDER BY date`,
      ).map((row) => row.map((value) => value.replace(/\.0$/, ""))),
    );
    expect((await figuresIn(shown, "MRR movements")).map((row) => Number(row[7]))).toEqual(
      list(
        `SELECT (mrr_new_business_in_cents + mrr_expansion_in_cents + mrr_contraction_in_cents + mrr_churn_in_cents
           + mrr_reactivation_in_cents) / 100.0 FROM period_metrics
         WHERE account = 'default' AND interval = 'month' AND date >= (SELECT min(date) FROM activities WHERE account = 'default')
         ORDER BY date`,
      ).map(([value]) => Number(value)),
    );
    const plans = await figuresIn(shown, "Plans");
    expect(new Map(plans.map(([plan, , , mrr]) => [plan, Number(mrr)]))).toEqual(
      new Map(
        list(
          `SELECT plan, sum(mrr_in_cents) / 100.0 FROM subscriptions WHERE account = 'default' AND status = 'active' GROUP BY plan`,
        ).map(([plan, mrr]) => [plan ?? "", Number(mrr)]),
      ),
    );
    expect((await figuresIn(shown, "Largest customers")).map((row) => Number(row[2]))).toEqual(
      list(
        `SELECT mrr_in_cents / 100.0 FROM customers WHERE account = 'default' AND mrr_in_cents > 0 ORDER BY 1 DESC LIMIT 15`,
      ).map(([value]) => Number(value)),
    );
    const runs = await figuresIn(shown, "Runs");
    expect(runs.map((row) => row[4])).toEqual(["complete"]);
    const fresh = new Map(
      (await figuresIn(shown, "How fresh it is")).map(([table, rows]) => [table, Number(rows)]),
    );
    expect(fresh.get("customers")).toBe(here.worlds[0]?.customers.length);
    const cohorts = await figuresIn(shown, "Customers retained");
    expect(cohorts.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(
      here.value(
        `SELECT count(*) FROM customers WHERE account = 'default'
         AND customer_since < (SELECT date(max(date), 'start of month') FROM daily_metrics)`,
      ),
    );
  });

  test("draws as many bars as there are figures, and shows the exact one where the pointer is", async () => {
    const here = await reported();
    const { page: shown } = await openPage(page(here), { hash: "#account-1" });
    const chart = shown.locator('article:not([hidden]) figure[data-chart="plans"]');
    const plans = await figuresIn(shown, "Plans");
    expect(await chart.locator('svg g[aria-label="bar"] rect').count()).toBe(Math.min(12, plans.length));
    expect(await movementsDrawn(shown)).toEqual(await movementsListed(shown));
    const mrr = shown.locator('article:not([hidden]) figure[data-chart="days"] .chart svg');
    const box = await mrr.boundingBox();
    if (!box) throw new Error("the chart is nowhere");
    await shown.mouse.move(box.x + box.width - 30, box.y + box.height / 2);
    const tip = mrr.locator('g[aria-label="tip"]');
    await expect.poll(() => tip.textContent()).toMatch(/\d{4}-\d\d-\d\d/);
    const shownText = (await tip.textContent()) ?? "";
    const days = await figuresIn(shown, "Monthly recurring revenue");
    const [, amount] = days.find(([date]) => shownText.includes(date ?? "")) ?? [];
    expect(shownText).toContain(
      `MRR ${Number(amount).toLocaleString("en-US", { minimumFractionDigits: 2 })}`,
    );
  });

  test("shows the row beside the pointer also in the margins of a chart", async () => {
    const here = await reported();
    const { page: shown } = await openPage(page(here), { hash: "#account-1" });
    const chart = (kind: string) =>
      shown.locator(`article:not([hidden]) figure[data-chart="${kind}"] .chart svg`);
    const boxOf = async (place: Locator) => {
      await place.scrollIntoViewIfNeeded();
      const box = await place.boundingBox();
      if (!box) throw new Error("it is nowhere");
      return box;
    };
    const readTip = async (kind: string, x: number, y: number) => {
      await shown.mouse.move(x, y);
      return chart(kind).locator('g[aria-label="tip"]').textContent();
    };
    const plans = (await figuresIn(shown, "Plans")).slice(0, 12);
    for (const [index, [plan]] of plans.entries()) {
      const bar = await boxOf(chart("plans").locator('g[aria-label="bar"] rect').nth(index));
      const { x, width } = await boxOf(chart("plans"));
      const y = bar.y + bar.height / 2;
      for (const at of [x + 5, x + width - 5])
        expect(await readTip("plans", at, y)).toContain(`${plan}\u200b`);
    }
    const lastDay = (await figuresIn(shown, "Monthly recurring revenue")).at(-1)?.[0] ?? "";
    const lastMonth = formatMonth((await figuresIn(shown, "MRR movements")).at(-1)?.[0] ?? "");
    const last = { movements: lastMonth, customers: lastMonth, churn: lastMonth, days: lastDay };
    for (const [kind, expected] of Object.entries(last)) {
      const { x, y, width, height } = await boxOf(chart(kind));
      for (const at of [y + 3, y + height - 3])
        expect(await readTip(kind, x + width - 11, at)).toContain(expected);
    }
  });

  test("shows the beginning of every plan's name, however long it is", async () => {
    const here = await syncedScene();
    const names = [
      "Enterprise Annual with Priority Support",
      "Unternehmensjahresabonnement".repeat(4),
      "エンタープライズ年間プラン（優先サポート付き）",
    ];
    const warehouse = openWarehouse(here.warehouse);
    const rename = warehouse.sqlite.prepare(
      "UPDATE mrr_by_plan SET plan = ? WHERE plan = (SELECT plan FROM mrr_by_plan ORDER BY mrr DESC LIMIT 1 OFFSET ?)",
    );
    for (const [index, name] of names.entries()) rename.run(name, index);
    warehouse.close();
    expect((await here.runHere(["report"])).code).toBe(0);
    for (const width of [1200, 390]) {
      const { page: shown } = await openPage(page(here), { viewport: { width, height: 800 } });
      const labels = await shown.evaluate(() => {
        const svg = document.querySelector('figure[data-chart="plans"] .chart svg');
        const left = svg?.getBoundingClientRect().left ?? 0;
        return [...(svg?.querySelectorAll('g[aria-label="y-axis tick label"] text') ?? [])].map((label) => ({
          text: label.textContent ?? "",
          start: label.getBoundingClientRect().left - left,
        }));
      });
      for (const [index, name] of names.entries()) {
        const { text, start } = labels[index] ?? { text: "", start: -1 };
        expect(start, text).toBeGreaterThanOrEqual(0);
        expect(name.startsWith(text.replace("…", "")) && text.length > 8, text).toBe(true);
      }
    }
  });

  test("shows what history said before it was rewritten", async () => {
    const here = await reported();
    const { page: shown } = await openPage(page(here), { hash: "#account-1" });
    const figure = shown.locator('article:not([hidden]) figure[data-chart="days"]');
    expect(await figure.locator("figcaption").textContent()).toMatch(
      /ChartMogul has changed 1 of [\d,]+ days/,
    );
    expect(await figure.locator('svg g[aria-label="line"]').count()).toBe(2);
    // The last day has a dot, and a restated one that stands alone.
    expect(await figure.locator('svg g[aria-label="dot"] circle').count()).toBe(2);
  });

  test("draws no first value for a day that was not stored at first", async () => {
    const here = await syncedScene();
    const warehouse = openWarehouse(here.warehouse);
    const [date] = warehouse.sqlite.prepare<[], string>("SELECT max(date) FROM daily_metrics").pluck().all();
    const none = {
      account: "default",
      metric: "mrr_in_cents",
      observed_at: "2025-06-30 00:00:00",
      old_value: null,
    };
    put(warehouse, "daily_metric_restatements", { ...none, date: date ?? "", new_value: 1 });
    refreshSummaries(warehouse, new Date());
    warehouse.close();
    expect((await here.runHere(["report"])).code).toBe(0);
    const { page: shown } = await openPage(page(here));
    const figure = shown.locator('figure[data-chart="days"]');
    expect(await figure.locator("figcaption").textContent()).toMatch(/has changed 1 of/);
    // Only the last day has its dot.
    expect(await figure.locator('svg g[aria-label="dot"] circle').count()).toBe(1);
  });

  test("shows one account at a time, all of them together first", async () => {
    const here = await reported();
    const { page: shown, complaints } = await openPage(page(here));
    expect(await shown.locator("article:not([hidden]) h2").allTextContents()).toEqual([
      "All accounts in EUR",
    ]);
    await shown.selectOption("#choice", { label: "Account harbor (EUR)" });
    expect(await shown.locator("article:not([hidden]) h2").allTextContents()).toEqual([
      "Account harbor (EUR)",
    ]);
    expect(await shown.locator("article:not([hidden]) .chart svg").count()).toBe(5);
    await shown.locator("#overview a", { hasText: "default" }).click();
    await expect
      .poll(() => shown.locator("article:not([hidden]) h2").allTextContents())
      .toEqual(["Account default (EUR)"]);
    expect(complaints).toEqual([]);
  });

  test("dates the figures of an account that is no longer synced, and says that another was never read", async () => {
    const here = await sceneHere(tiny(), tiny("harbor"));
    expect((await here.runHere(["sync", "--account", "default"])).code).toBe(0);
    const warehouse = openWarehouse(here.warehouse);
    put(warehouse, "sync_accounts", { account: "idle", linked_at: "2025-01-01 00:00:00" });
    warehouse.sqlite.exec("DELETE FROM daily_metrics WHERE date > '2024-03-25'");
    refreshSummaries(warehouse, new Date());
    warehouse.close();
    expect(await here.runHere(["report"])).toMatchObject({ code: 0, stderr: "" });
    const { page: shown } = await openPage(page(here), { hash: "#account-1" });
    const tiles = shown.locator("article:not([hidden]) .tiles");
    expect(await tiles.textContent()).toContain("on Mar 25, 2024");
    expect(await tiles.textContent()).not.toContain("since the month began");
    await shown.selectOption("#choice", { label: "Account idle" });
    expect(await shown.locator("article:not([hidden])").textContent()).toContain(
      "Nothing has been read yet.",
    );
  });

  test("says of every account when it was read, and at the top which one was read longest ago", async () => {
    const here = await reported();
    const readFreshness = async () => {
      const { page: shown } = await openPage(page(here));
      const read = (id: string) => shown.locator(`#${id} > p`).allTextContents();
      return {
        top: await shown.locator("header .soft").textContent(),
        both: await read("currency-1"),
        default: await read("account-1"),
        harbor: await read("account-2"),
        fresh: await shown
          .locator("figcaption", { hasText: "How fresh it is" })
          .locator("p")
          .allTextContents(),
      };
    };
    expect((await readFreshness()).top).toMatch(/^Made \d{4}-\d\d-\d\d \d\d:\d\d UTC\. $/);
    const aged = (days: number, hours: number) =>
      new Date(Date.now() - (days * 24 + hours) * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    const [old, older] = [aged(9, 2), aged(9, 3)];
    const warehouse = openWarehouse(here.warehouse);
    const confirm = warehouse.sqlite.prepare(
      "UPDATE freshness SET fresh_as_of = ? || ':17' WHERE account = 'harbor' AND (? OR table_name = 'notes')",
    );
    confirm.run(old, 1);
    confirm.run(older, 0);
    warehouse.sqlite.exec(
      `UPDATE freshness SET fresh_as_of = NULL, last_status = 'failed' WHERE account = 'default' AND table_name = 'tasks'`,
    );
    warehouse.close();
    expect((await here.runHere(["report"])).code).toBe(0);
    const age = `Everything was last read to its end on ${older} UTC or later; this page was made 9 days after that.`;
    const unread = "Not everything was read to its end yet.";
    const unfinished = `1 table was not read to its end the last time. ${unread}`;
    const first = await readFreshness();
    expect(first.harbor).toContain(age);
    expect(first.default).toContain(unread);
    expect(first.both).toContain(unread);
    expect(first.fresh).toEqual([unfinished, unfinished, age]);
    const again = openWarehouse(here.warehouse);
    again.sqlite.exec("UPDATE freshness SET fresh_as_of = last_complete_at WHERE account = 'default'");
    again.close();
    expect((await here.runHere(["report"])).code).toBe(0);
    const { both, top } = await readFreshness();
    expect(both).toContain(age);
    expect(top).toContain(`Account harbor was read longest ago: on ${older} UTC.`);
  });

  test("takes what has come since the month began from the days, as it takes what there is now", async () => {
    const here = await syncedScene();
    const warehouse = openWarehouse(here.warehouse);
    warehouse.sqlite.exec(
      "UPDATE mrr_movements_by_month SET customers_at_start = 9000, mrr_at_start = 9000000",
    );
    warehouse.sqlite.exec(
      "UPDATE mrr_by_day SET customers = customers + 5000, mrr = mrr + 70000 WHERE date = (SELECT max(date) FROM mrr_by_day)",
    );
    warehouse.close();
    const [now, start] = here.rows(
      `SELECT customers, mrr FROM mrr_by_day, (SELECT max(month) AS present FROM mrr_movements_by_month)
       WHERE date IN ((SELECT max(date) FROM mrr_by_day), date(present, '-1 day')) ORDER BY date DESC`,
    );
    const more = (name: string) => Number(now?.[name]) - Number(start?.[name]);
    expect((await here.runHere(["report"])).code).toBe(0);
    const { page: shown } = await openPage(page(here));
    const tile = (title: string) =>
      shown
        .locator(".tile")
        .filter({ has: shown.getByText(title, { exact: true }) })
        .locator(".note")
        .textContent();
    expect(await tile("Customers")).toBe(
      `+${more("customers").toLocaleString("en-US")} since the month began`,
    );
    const gained = Math.round(more("mrr"));
    expect(await tile("MRR")).toBe(`+€${gained.toLocaleString("en-US")} since the month began`);
  });

  test("calls a customer without a name by what is known of it", async () => {
    const here = await syncedScene();
    const warehouse = openWarehouse(here.warehouse);
    const [largest = "", second = "", third = ""] = warehouse.sqlite
      .prepare<[], string>("SELECT customer_uuid FROM top_customers ORDER BY rank")
      .pluck()
      .all();
    const known = warehouse.sqlite.prepare(
      "UPDATE customers SET name = NULL, company = ?, email = ?, external_id = NULL WHERE uuid = ?",
    );
    known.run("Lighthouse", "ada@example.com", largest);
    known.run(null, "ada@example.com", second);
    known.run(null, null, third);
    refreshSummaries(warehouse, new Date());
    put(warehouse, "unpaid_invoices", {
      ...{
        account: "default",
        invoice_uuid: "inv_1",
        customer_uuid: second,
        due_date: "2020-01-01 00:00:00",
      },
      ...{ is_overdue: 1, days_overdue: 9999, overdue_for: "90 days or more", outstanding_in_cents: 1 },
    });
    warehouse.close();
    expect((await here.runHere(["report"])).code).toBe(0);
    const { page: shown } = await openPage(page(here));
    const names = (await figuresIn(shown, "Largest customers")).map(([name]) => name);
    expect(names.slice(0, 3)).toEqual(["Lighthouse", "ada@example.com", third]);
    expect((await figuresIn(shown, "Overdue invoices"))[0]?.[1]).toBe("ada@example.com");
  });

  test("is light or dark, fits a phone, and prints without what is only for the screen", async () => {
    const here = await reported();
    const background = async (colorScheme: "light" | "dark") => {
      const { page: shown } = await openPage(page(here), { colorScheme });
      return shown.evaluate(() => getComputedStyle(document.body).backgroundColor);
    };
    expect(await background("light")).not.toBe(await background("dark"));
    const { page: dark } = await openPage(page(here), { colorScheme: "dark" });
    const tip = () =>
      getComputedStyle(document.querySelector(".chart svg") as Element).getPropertyValue("--plot-background");
    expect(await dark.evaluate(tip)).toBe("#1b1f25");
    const { page: phone } = await openPage(page(here), { viewport: { width: 360, height: 700 } });
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await phone.emulateMedia({ media: "print" });
    expect(await phone.locator("nav").isVisible()).toBe(false);
    expect(await phone.locator("article:not([hidden]) .chart svg").first().isVisible()).toBe(true);
  });

  test("shows every amount whole beside its currency, whatever the names and identifiers are like", async () => {
    const here = await reported();
    const warehouse = openWarehouse(here.warehouse);
    const word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    warehouse.sqlite.prepare("UPDATE top_customers SET customer_name = ? WHERE rank = 2").run(word);
    warehouse.sqlite.exec("DELETE FROM unpaid_invoices");
    put(warehouse, "unpaid_invoices", {
      ...{ account: "default", invoice_uuid: "inv_1", external_id: "in_1NqXyZ2eZvKYlo2CC3381346" },
      ...{ customer_name: word, due_date: "2025-01-02 00:00:00", is_overdue: 1, days_overdue: 189 },
      ...{
        overdue_for: "90 days or more",
        outstanding_in_cents: 2_224_910,
        outstanding: 22_249.1,
        currency: "USD",
      },
    });
    warehouse.close();
    expect((await here.runHere(["report"])).code).toBe(0);
    const cutOff = (shown: Page) =>
      shown.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            "#overview .scroll, article:not([hidden]) figure > .scroll",
          ),
        ]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ ariaLabel }) => ariaLabel)
          .filter((title) => !title?.endsWith(" retained")),
      );
    for (const width of [1200, 1024, 390]) {
      const options = { viewport: { width, height: 800 }, hash: "#account-1" };
      const { page: shown } = await openPage(page(here), options);
      expect(await cutOff(shown), `${width} pixels`).toEqual([]);
      expect((await figuresIn(shown, "Overdue invoices"))[0]?.slice(-2)).toEqual(["22249.1", "USD"]);
    }
    // As wide as the paper is between its margins.
    const { page: paper } = await openPage(page(here), {
      viewport: { width: 718, height: 800 },
      hash: "#account-1",
    });
    await paper.emulateMedia({ media: "print" });
    expect(await cutOff(paper)).toEqual([]);
    expect(await paper.evaluate(() => document.documentElement.scrollWidth)).toBe(718);
    const space = () => getComputedStyle(document.querySelector("pre") as Element).whiteSpace;
    expect(await paper.evaluate(space)).toBe("pre-wrap");
  });

  test.each(["light", "dark"] as const)(
    "shows kinds of movement in different brightness where it is %s",
    async (colorScheme) => {
      const here = await syncedScene();
      expect((await here.runHere(["report"])).code).toBe(0);
      const { page: shown } = await openPage(page(here), { colorScheme });
      const colours = (names: readonly string[]) =>
        shown.evaluate((wanted) => {
          const style = getComputedStyle(document.documentElement);
          return wanted.map((name) => style.getPropertyValue(`--${name}`));
        }, names);
      const [card = "", ...gains] = await colours(["card", "gain", "gain-2", "gain-3"]);
      const losses = await colours(["loss", "loss-2"]);
      for (const kinds of [gains, losses]) {
        for (const [index, colour] of kinds.entries()) {
          expect(contrast(colour, card), `${colour} on ${card}`).toBeGreaterThan(3);
          const next = kinds[index + 1];
          if (next) expect(contrast(colour, next), `${colour} beside ${next}`).toBeGreaterThan(1.5);
        }
      }
    },
  );

  test("has all accounts and all figures where no script may run", async () => {
    const here = await reported();
    const { page: shown } = await openPage(page(here), { javaScriptEnabled: false });
    const visible = shown.locator("article h2");
    expect(await visible.count()).toBe(3);
    for (const heading of await visible.all()) expect(await heading.isVisible()).toBe(true);
    expect(await shown.locator("nav").isVisible()).toBe(false);
    expect(await shown.locator("noscript p").isVisible()).toBe(true);
    const tables = shown.locator("figure[data-chart] table");
    expect(await tables.count()).toBe(15);
    for (const media of ["screen", "print"] as const) {
      await shown.emulateMedia({ media });
      for (const table of await tables.all()) expect(await table.isVisible()).toBe(true);
    }
  });

  test("has the table behind a chart closed, keeps it open where it was opened, and does not print it", async () => {
    const here = await reported();
    const { page: shown } = await openPage(page(here));
    const table = shown.locator('article:not([hidden]) figure[data-chart="days"] table');
    expect(await table.isVisible()).toBe(false);
    await shown.locator('article:not([hidden]) figure[data-chart="days"] summary').click();
    const chart = shown.locator('article:not([hidden]) figure[data-chart="days"] svg');
    const width = await chart.getAttribute("width");
    await shown.setViewportSize({ width: 700, height: 900 });
    await expect.poll(() => chart.getAttribute("width")).not.toBe(width);
    expect(await table.isVisible()).toBe(true);
    await shown.emulateMedia({ media: "print" });
    expect(await table.isVisible()).toBe(false);
  });

  test("shows names as they are, whatever characters they contain", async () => {
    const world = tiny();
    const name = `<img src=x onerror=alert(1)></script><script>alert(2)</script> & "Söhne"`;
    const largest = [...world.customers].sort((one, other) => other.mrr - one.mrr)[0];
    if (largest) largest.name = name;
    const here = await sceneHere(world);
    expect((await here.runHere(["sync"])).code).toBe(0);
    expect((await here.runHere(["report"])).code).toBe(0);
    const { page: shown, complaints } = await openPage(page(here));
    expect(complaints).toEqual([]);
    expect((await figuresIn(shown, "Largest customers"))[0]?.[0]).toBe(name);
  });

  test.each([
    ["no customer", 0],
    ["one customer", 1],
  ])("of an account with %s says what there is", async (_, customers) => {
    const world = generateWorld({
      ...{ name: "default", key: "key", seed: 3, customers, currency: "USD", timeZone: "UTC" },
      now: today,
    });
    const here = await sceneHere(world);
    expect((await here.runHere(["sync"])).code).toBe(0);
    expect(await here.runHere(["report"])).toMatchObject({ code: 0, stderr: "" });
    const { page: shown, complaints } = await openPage(page(here));
    expect(complaints).toEqual([]);
    expect(await shown.locator("article").textContent()).not.toMatch(/NaN|undefined|Infinity|null/);
    expect(await shown.locator("nav").count()).toBe(0);
    expect(await figuresIn(shown, "Runs")).toHaveLength(1);
    // Most months of one customer have no movement: none must look as if it had.
    expect(await movementsDrawn(shown)).toEqual(await movementsListed(shown));
  });

  test("of 24 accounts lists them all and shows the one that is chosen", async () => {
    const here = await syncedScene();
    const warehouse = openWarehouse(here.warehouse);
    for (let number = 1; number < 24; number += 1) {
      const account = `account-${String(number).padStart(2, "0")}`;
      const currency = ["USD", "JPY", "GBP"][number % 3] ?? null;
      put(warehouse, "sync_accounts", { account, linked_at: "2025-01-01 00:00:00" });
      put(warehouse, "accounts", { account, currency, time_zone: "UTC" });
      put(warehouse, "daily_metrics", {
        account,
        date: "2025-06-30",
        mrr_in_cents: number * 100,
        customers: 1,
      });
      put(warehouse, "activities", {
        ...{ account, uuid: account, customer_uuid: account, date: "2025-06-30 12:00:00", type: "new_biz" },
        activity_mrr_movement_in_cents: number * 100,
      });
    }
    refreshSummaries(warehouse, today);
    warehouse.close();
    expect(await here.runHere(["report"])).toMatchObject({ code: 0, stderr: "" });
    const { page: shown, complaints } = await openPage(page(here));
    expect(await shown.locator("#overview tbody tr").count()).toBe(24 + 3);
    await shown.selectOption("#choice", { label: "Account account-23 (GBP)" });
    expect(await figuresIn(shown, "Monthly recurring revenue")).toEqual([
      ["2025-06-30", "23", "23", "0", "1"],
    ]);
    expect(complaints).toEqual([]);
  });
});
