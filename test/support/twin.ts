import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

/**
 * Gives what puts another account, `twin`, into a warehouse: with the same identifiers, and all of it as it is now. Whatever forgets
 * to ask for one account mixes the two up.
 */
export function twinOf(path: string, account = "default"): () => void {
  const original = `${path}-original`;
  copyFileSync(path, original);
  return () => {
    const sqlite = new Database(path);
    onTestFinished(() => void sqlite.close());
    sqlite.pragma("foreign_keys = OFF");
    sqlite.prepare("ATTACH ? AS original").run(original);
    const tables = sqlite
      .prepare<[], [string, string]>(
        `SELECT "table".name, json_group_array("column".name)
         FROM original.sqlite_master AS "table" JOIN pragma_table_info("table".name, 'original') AS "column"
         WHERE "table".type = 'table' GROUP BY 1 HAVING max("column".name = 'account')`,
      )
      .raw()
      .all();
    for (const [table, columns] of tables) {
      const others = (JSON.parse(columns) as string[])
        .filter((name) => name !== "account")
        .map((name) => `, "${name}"`)
        .join("");
      sqlite
        .prepare(
          `INSERT INTO main."${table}" (account${others}) SELECT 'twin'${others} FROM original."${table}" WHERE account = ?`,
        )
        .run(account);
    }
    sqlite.exec("DETACH original");
    sqlite.close();
  };
}
