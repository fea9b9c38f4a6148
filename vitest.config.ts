import { defineConfig } from "vitest/config";

const outside = ["node_modules/**", ".next/**", "e2e/**/*.spec.ts"];
/** Tests that hold a database, processes or an Odoo of their own. */
const worldly = ["**/*.{db,fault,contract}.test.ts"];

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000, // a program's own option does not reach the projects
    projects: [
      {
        extends: true,
        // what they import is loaded once for many files: several times faster
        test: { name: "pure", include: ["**/*.test.ts"], exclude: [...outside, ...worldly], isolate: false },
      },
      { extends: true, test: { name: "real parts", include: worldly, exclude: outside } },
    ],
  },
});
