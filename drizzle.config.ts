import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: ["./src/schema/sync-tables.ts", "./src/resources/*.ts", "./src/summaries/*.ts"],
  out: "./migrations",
});
