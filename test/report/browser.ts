import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a Chromium to test with. In CI there must be one. */
export const hasBrowser = existsSync(executablePath) || process.env["CI"] !== undefined;
if (!hasBrowser) {
  console.warn(`no ${executablePath}: the report is not tested in a browser (set CHROMIUM to where one is)`);
}

let browser: Browser | undefined;

/** Starts the browser before the tests of this file and ends it after them. */
export function useBrowser(): void {
  beforeAll(async () => {
    if (!hasBrowser) return;
    const offline = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", ...offline],
    });
  });
  afterAll(() => browser?.close());
}

/** A page as it looks once all charts are drawn. What it complained of, and what it asked the network for, is in the lists. */
export async function openPage(
  path: string,
  options: BrowserContextOptions & { readonly hash?: string } = {},
) {
  const { hash = "", ...context } = options;
  if (!browser) throw new Error("the browser was not started");
  const own = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...context });
  onTestFinished(() => own.close());
  const page = await own.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href + hash);
  if (context.javaScriptEnabled !== false) await drawn(page);
  return { page, complaints, requests };
}

/** Every chart that can be seen has been drawn. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLElement>(".chart")].every(
      (place) => place.clientWidth === 0 || place.querySelector("svg") !== null,
    ),
  );
}

/** The exact values of a table's body, row by row; `chart` names the figure, else it is the one with this title. */
export function figuresIn(page: Page, title: string): Promise<(string | null)[][]> {
  return page.evaluate((wanted) => {
    const figure = [...document.querySelectorAll("article:not([hidden]) figure")].find(
      (candidate) => candidate.querySelector("h3")?.textContent === wanted,
    );
    return [...(figure?.querySelectorAll("tbody tr") ?? [])].map((row) =>
      [...row.children].map((cell) => (cell as HTMLElement).dataset["value"] ?? cell.textContent),
    );
  }, title);
}
