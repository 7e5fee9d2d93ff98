import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The command line is tested as it is installed: built.
    globalSetup: "test/support/build.ts",
    // Most of the time is spent waiting for child processes; more workers than this only take the processor from them.
    maxWorkers: 2,
    // One process runs many files: it loads the modules once, and one sync serves the scenes of all of them.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
