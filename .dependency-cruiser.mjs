// The rooms of the house and the one way imports run. `npm run check` refuses every other way, with the reason given here.
const tests = "\\.test\\.tsx?$";
const packages = "node_modules/";

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: "core-is-pure",
      comment:
        "core is what is true: pure functions over values. It may know core, zod and tables without a side effect, so that it runs without a database, clock or network.",
      severity: "error",
      from: { path: "^core/", pathNot: `${tests}|^core/testing/` },
      to: { pathNot: "^core/|^node_modules/(zod|postcode-validator)/" },
    },
    {
      name: "core-tests-know-core-only",
      comment: "A test of core that needs another room tests something else; it belongs beside that.",
      severity: "error",
      from: { path: `^core/.*${tests}` },
      to: { path: "^(app|components|db|e2e|scripts|server)/" },
    },
    {
      name: "db-knows-core-only",
      comment:
        "db is what is remembered. If it knew what happens (server) or what is shown (app, components), nothing could be moved alone.",
      severity: "error",
      from: { path: "^db/", pathNot: tests },
      to: { path: "^(app|components|e2e|scripts|server)/" },
    },
    {
      name: "server-shows-nothing",
      comment: "What happens must not depend on what is shown, proven or run by hand: the worker has no screen.",
      severity: "error",
      from: { path: "^server/", pathNot: `${tests}|/testing/` },
      // the query client's settings are one file for the browser and for server-side prefetching
      to: { path: "^(app|components|e2e|scripts)/", pathNot: "^components/query-client\\.ts$" },
    },
    {
      name: "components-know-core-and-api-types",
      comment:
        "Parts run in the browser. The server's types are welcome (import type), its code and its secrets are not.",
      severity: "error",
      from: { path: "^components/", pathNot: tests },
      to: { path: "^(app|db|e2e|scripts|server)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "components-know-only-the-api-of-the-server",
      comment:
        "Even as types, components know the router and nothing behind it, or the database's shape becomes the screen's.",
      severity: "error",
      from: { path: "^components/", pathNot: tests },
      to: { path: "^(app|db|e2e|scripts)/|^server/(?!api/)" },
    },
    {
      name: "app-has-no-logic",
      comment:
        "Screens and doors ask the server; a screen that reads the database or an adapter by itself has no right checked and no test.",
      severity: "error",
      from: { path: "^(app/|proxy\\.ts|instrumentation\\.ts)", pathNot: tests },
      to: { path: "^(db|e2e|scripts)/|^server/adapters/" },
    },
    {
      name: "adapters-know-core-and-the-contract",
      comment: "An adapter can be added or removed alone: it knows core, its own folder and the feed contract.",
      severity: "error",
      from: { path: "^server/adapters/([^/]+)/", pathNot: tests },
      to: { path: "^(app|components|db|e2e|scripts|server)/", pathNot: "^server/adapters/(feed\\.ts$|$1/)" },
    },
    {
      name: "routers-go-through-verbs-and-queries",
      comment:
        "Reads go router -> query, writes go router -> verb: no adapter, schema or SQL in a router, or rights and audit are passed by.",
      severity: "error",
      from: { path: "^server/api/routers/" },
      to: {
        path: `^server/adapters/|^db/(?!queries/)|${packages}(drizzle-orm|postgres|pg)/`,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "verbs-know-no-trpc",
      comment: "Verbs, jobs and the worker are called from many places; a verb that knows tRPC can be called from one.",
      severity: "error",
      from: { path: "^server/", pathNot: "^server/(api/|rsc)" },
      to: { path: `^server/api/|${packages}@trpc/`, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "sql-lives-in-db",
      comment: "All SQL stands in db, where its indexes are; elsewhere it is neither found nor measured.",
      severity: "error",
      from: { pathNot: `^(db|scripts)/|^drizzle\\.config\\.ts$|^${packages}|${tests}|/testing/` },
      to: { path: `${packages}(drizzle-orm|postgres|pg)/`, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-adapters-speak-to-strangers",
      comment:
        "Outside systems are reached through an adapter's client, where time-outs, limits and failure classes are.",
      severity: "error",
      from: {
        path: "^(app|components|core|db|server)/",
        pathNot: `^server/(adapters|webhooks|notifications)/|${tests}`,
      },
      to: { path: `${packages}undici/` },
    },
    {
      name: "nothing-imports-scripts",
      comment: "A person runs scripts; what others need from one belongs in a room.",
      severity: "error",
      from: { pathNot: "^scripts/" },
      to: { path: "^scripts/" },
    },
    {
      name: "e2e-comes-from-outside",
      comment: "The stories and the sandbox see Waypost as a stranger does; knowing its insides they would prove less.",
      severity: "error",
      from: { path: "^e2e/" },
      to: { path: "^(app|components|db|scripts|server)/" },
    },
    {
      name: "tests-are-imported-by-nobody",
      comment: "A test that others need holds something that is not a test.",
      severity: "error",
      from: {},
      to: { path: `^(app|components|core|db|e2e|scripts|server)/.*(\\.test\\.tsx?|\\.spec\\.ts)$` },
    },
    {
      name: "no-rings",
      comment:
        "Files in a ring can only be started, tested and moved together. Rings of types alone are gone at run time.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-unresolved",
      comment: "An import that leads nowhere here fails at run time, or hides from all rules above.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^(next/|next-auth/)" },
    },
    {
      name: "product-needs-no-dev-packages",
      comment: "A package of devDependencies is missing in an installation that leaves them out.",
      severity: "error",
      from: { path: "^(app|components|core|db|server)/", pathNot: `${tests}|/testing/` },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    parser: "swc", // TypeScript 7 has no compiler API that dependency-cruiser could use
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.next|\\.waypost|\\.cache)/|^next-env\\.d\\.ts$" },
    webpackConfig: { fileName: ".dependency-cruiser-paths.mjs" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mts", ".mjs", ".js", ".cjs", ".json", ".d.ts", ".css"],
    },
  },
};
