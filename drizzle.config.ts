import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: ["./src/warehouse/bookkeeping.ts", "./src/resources/*.ts", "./src/answers/*.ts"],
  out: "./migrations",
});
