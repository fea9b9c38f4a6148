import { defineConfig } from "vitest/config";

const outside = ["node_modules/**", ".next/**", "e2e/**/*.spec.ts"];
/** Tests that hold processes or an Odoo of their own. */
const worldly = ["**/*.{fault,contract}.test.ts"];

const stored = "**/*.db.test.ts";

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000, // a program's own option does not reach the projects
    projects: [
      {
        extends: true,
        // what they import is loaded once for many files: several times faster
        test: { name: "pure", include: ["**/*.test.ts"], exclude: [...outside, ...worldly, stored], isolate: false },
      },
      // each file has a database of its own
      { extends: true, test: { name: "stored", include: [stored], exclude: outside, isolate: false } },
      { extends: true, test: { name: "real parts", include: worldly, exclude: outside } },
    ],
  },
});
