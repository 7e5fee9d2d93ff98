import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { bytesIn, contents } from "./scene.ts";
import { syncedScene } from "./scene-here.ts";

/** The same numbers for the same seed: from 0 up to, not including, `below`. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
}

interface File {
  readonly bytes: Buffer;
  readonly pageSize: number;
  readonly random: (below: number) => number;
  /** The bytes of one of the pages that belong to a table, an index or all of these. */
  page(of: "table" | "index" | "any"): Buffer;
}

type Damage = (file: File) => Buffer | undefined;

const filled = (page: Buffer, random: File["random"]) => page.map(() => random(256)).copyWithin(0, 0);

// What comes of a failing disk, a copy that was cut off, a synchronised folder, a program that writes where it should not.
const damages: Readonly<Record<string, Damage>> = {
  "a page of a table, overwritten": ({ page, random }) =>
    void page("table").set(filled(page("table"), random)),
  "a page of an index, overwritten": ({ page, random }) =>
    void page("index").set(filled(page("index"), random)),
  "a page of a table, zeroed": ({ page }) => void page("table").fill(0),
  "a page of an index, zeroed": ({ page }) => void page("index").fill(0),
  "any page, zeroed": ({ page }) => void page("any").fill(0),
  "any page, filled with ones": ({ page }) => void page("any").fill(0xff),
  "the header of any page, overwritten": ({ page, random }) => void page("any").fill(random(255) + 1, 0, 8),
  "the pointers of any page, overwritten": ({ page, random }) => void page("any").fill(random(256), 8, 40),
  "a page that is another one": ({ page }) => void page("any").set(page("table")),
  "two pages, swapped": ({ page }) => {
    const [one, other] = [page("any"), page("any")];
    const before = Buffer.from(one);
    one.set(other);
    other.set(before);
  },
  "the end, cut off": ({ bytes, pageSize, random }) =>
    bytes.subarray(0, Math.floor(bytes.length * (0.1 + random(80) / 100)) - (random(2) ? 0 : pageSize / 2)),
  "the end, zeroed": ({ bytes, random }) =>
    void bytes.fill(0, Math.floor(bytes.length * (0.1 + random(80) / 100))),
  "the first page, overwritten": ({ bytes, random }) => void bytes.fill(random(256), 0, 100),
  "the format, overwritten": ({ bytes }) => void bytes.writeUInt8(77, 21),
  "the size in the header": ({ bytes, random }) => void bytes.writeUInt32BE(random(50) + 2, 28),
  "the list of free pages": ({ bytes, random }) => {
    bytes.writeUInt32BE(random(100) + 2, 32);
    bytes.writeUInt32BE(1 + random(5), 36);
  },
  "the schema, overwritten": ({ bytes, pageSize }) => void bytes.fill(0x20, 100, pageSize),
};

/** Which pages belong to what. */
function pagesOf(path: string): Record<"table" | "index" | "any", number[]> {
  const sqlite = new Database(path, { readonly: true });
  try {
    const roots = sqlite
      .prepare<[], { type: string; rootpage: number }>(
        "SELECT type, rootpage FROM sqlite_schema WHERE rootpage > 0",
      )
      .all();
    const of = (type: string) => roots.filter((each) => each.type === type).map((each) => each.rootpage);
    const count = Number(sqlite.pragma("page_count", { simple: true }));
    return {
      table: of("table"),
      index: of("index"),
      any: Array.from({ length: count - 1 }, (_, index) => index + 2),
    };
  } finally {
    sqlite.close();
  }
}

function damaged(path: string, damage: Damage, seed: number): void {
  const random = dice(seed);
  const bytes = readFileSync(path);
  const pageSize = bytes.readUInt16BE(16);
  const pages = pagesOf(path);
  const page = (of: "table" | "index" | "any") => {
    const number = pages[of][random(pages[of].length)] ?? 2;
    return bytes.subarray((number - 1) * pageSize, number * pageSize);
  };
  writeFileSync(path, damage({ bytes, pageSize, random, page }) ?? bytes);
}

describe("a file with damage is refused and left as it is, or has lost nothing", () => {
  test.each(Object.entries(damages))("%s", async (_which, damage) => {
    let refused = 0;
    for (let seed = 1; seed <= 4; seed += 1) {
      const here = await syncedScene();
      const before = contents(here.warehouse);
      damaged(here.warehouse, damage, seed * 7919);
      const left = bytesIn(here.folder);
      const { code, stderr } = await here.runHere(["sync", "--only", "plans"]);
      if (code === 0) {
        const check = await here.runHere(["check"]);
        expect({ seed, code: check.code, stdout: check.stdout }).toMatchObject({ code: 0 });
        expect({ seed, ...untouched(contents(here.warehouse)) }).toEqual({ seed, ...untouched(before) });
        continue;
      }
      refused += 1;
      expect({ seed, stderr }).toEqual({
        seed,
        stderr: expect.stringMatching(/^error: .*warehouse\.db.*\nhint: .*\n$/),
      });
      expect({ seed, bytes: bytesIn(here.folder)["warehouse.db"] }).toEqual({
        seed,
        bytes: left["warehouse.db"],
      });
    }
    expect(refused).toBeGreaterThan(0);
  });
});

/** Without what a sync of the plans writes. */
function untouched({ ...tables }: ReturnType<typeof contents>) {
  const kept = ["customers", "subscriptions", "invoices", "invoice_line_items", "activities", "raw_records"];
  return Object.fromEntries(kept.map((name) => [name, tables[name]]));
}

test("an index that disagrees with its table is damage, and the error says how to mend it", async () => {
  const here = await syncedScene();
  const sqlite = new Database(here.warehouse, { readonly: true });
  const uuid = String(sqlite.prepare("SELECT uuid FROM invoices LIMIT 1").pluck().get());
  const leaves = sqlite
    .prepare<[], { pgoffset: number; pgsize: number }>(
      "SELECT pgoffset, pgsize FROM dbstat WHERE name = 'sqlite_autoindex_invoices_1' AND pagetype = 'leaf'",
    )
    .all();
  sqlite.close();
  const bytes = readFileSync(here.warehouse);
  for (const { pgoffset, pgsize } of leaves) {
    const page = bytes.subarray(pgoffset, pgoffset + pgsize);
    const at = page.indexOf(uuid);
    if (at >= 0) page.write("~", at + uuid.length - 1);
  }
  writeFileSync(here.warehouse, bytes);
  for (const command of [["sync", "--only", "plans"], ["verify"]]) {
    const { code, stderr } = await here.runHere(command);
    expect({ command, code, stderr }).toEqual({
      command,
      code: 1,
      stderr: expect.stringMatching(/missing from index.*\nhint: .*REINDEX/),
    });
  }
  expect(readFileSync(here.warehouse).equals(bytes)).toBe(true);

  const open = new Database(here.warehouse);
  open.exec("REINDEX");
  open.close();
  expect(await here.runHere(["sync", "--only", "plans"])).toMatchObject({ code: 0 });
});

test("a copy is not published of a file with damage, and the one before stays", async () => {
  const here = await syncedScene();
  const copy = join(here.folder, "copy.db");
  expect(await here.runHere(["publish", "--output", copy])).toMatchObject({ code: 0 });
  const published = readFileSync(copy);
  damaged(here.warehouse, damages["two pages, swapped"] as Damage, 5);
  const { code, stderr } = await here.runHere(["publish", "--output", copy]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*warehouse\.db.*\nhint: .*\n$/);
  expect(readFileSync(copy).equals(published)).toBe(true);
});

test("an incomplete log of a killed sync is not damage", async () => {
  const here = await syncedScene();
  const sqlite = new Database(here.warehouse);
  sqlite.pragma("journal_mode = WAL");
  sqlite.prepare("UPDATE plans SET name = 'Umbrella'").run();
  sqlite.prepare("UPDATE plans SET name = 'Parasol'").run();
  const files = ["", "-wal"].map((end) => [end, readFileSync(`${here.warehouse}${end}`)] as const);
  sqlite.close();
  for (const [end, bytes] of files) writeFileSync(`${here.warehouse}${end}`, bytes);
  const { size } = { size: files[1]?.[1].length ?? 0 };
  truncateSync(`${here.warehouse}-wal`, Math.floor(size * 0.7));
  expect(await here.runHere(["sync", "--only", "plans"])).toMatchObject({ code: 0 });
  expect(await here.runHere(["check"])).toMatchObject({ code: 0 });
});
