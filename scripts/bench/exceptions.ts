import { v7 } from "uuid";
import { exceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_KINDS, SEVERITIES } from "@/core/exceptions/kinds";
import { testDatabase } from "@/db/testing/database";
import { appRouter } from "@/server/api/root";
import { createCallerFactory } from "@/server/api/trpc";
import { makeTestContext } from "@/server/testing/workspace";
import { plantExceptions } from "./plant-exceptions";

/**
 * Times what the screen of exceptions reads at BENCH_EXCEPTIONS (200000) open ones in 300 causes, through the procedures it calls: the first
 * screen of each view, and the change of a facet. BENCH_CALLS (30) a case. Needs WAYPOST_TEST_DATABASE_URL. Prints one JSON line a figure.
 * What a bulk action takes beside the pipeline is measured by bulk.ts.
 */
const total = Number(process.env.BENCH_EXCEPTIONS ?? 200_000);
const calls = Number(process.env.BENCH_CALLS ?? 30);
const database = await testDatabase("benchexceptions");
const ctx = makeTestContext(database);
await plantExceptions(database.sql, total);
const makeCaller = createCallerFactory(appRouter);
const call = makeCaller({
  ctx,
  actor: { kind: "person", id: v7(), name: "Bench", role: "administrator" },
  correlationId: "bench",
  address: "127.0.0.1",
}).exceptions;
const limit = 60;
const scope = { group: null, shipment: null, resolved: false };

async function groups(some: object): Promise<void> {
  const page = await call.groups({ filter: exceptionFilter.parse(some), limit });
  if (page.items.length > 0) await call.trends({ ids: page.items.map((row) => row.id) });
}
const list = (some: object) => call.list({ filter: exceptionFilter.parse(some), limit });
const kindOf = (at: number) =>
  EXCEPTION_KINDS.filter((kind) => /^(scan_late|delivery_late|pod_missing|unmapped_code)$/.test(kind))[at % 4];

/** Filters as people click them together, another one each call. */
const facets: readonly ((at: number) => object)[] = [
  () => ({}),
  (at) => ({ kind: [kindOf(at)] }),
  (at) => ({ severity: [SEVERITIES[at % 4]] }),
  (at) => ({ feed: [1 + (at % 5)] }),
  (at) => ({ owner: ["nobody"], severity: [SEVERITIES[at % 4]] }),
  () => ({ overdue: true }),
  (at) => ({ kind: [kindOf(at)], severity: ["high", "medium"], feed: [1 + (at % 5)] }),
  () => ({ impact: ["customer"] }),
  (at) => ({ state: ["snoozed"], kind: [kindOf(at)] }),
  () => ({ party: ["carrier"], overdue: true }),
  () => ({ regressed: true }),
];

const CASES: readonly { what: string; goalMs: number; run: (at: number) => Promise<unknown> }[] = [
  { what: "first screen by cause", goalMs: 150, run: () => Promise.all([call.counts(scope), groups({})]) },
  { what: "first screen one by one", goalMs: 150, run: () => Promise.all([call.counts(scope), list({})]) },
  {
    what: "first screen as a board",
    goalMs: 150,
    run: () =>
      Promise.all([
        call.counts(scope),
        ...(["open", "acknowledged", "snoozed", "resolved"] as const).map((state) => list({ state: [state] })),
      ]),
  },
  ...facets.flatMap((facet) => [
    { what: `facet, by cause: ${JSON.stringify(facet(0))}`, goalMs: 200, run: (at: number) => groups(facet(at)) },
    { what: `facet, one by one: ${JSON.stringify(facet(0))}`, goalMs: 200, run: (at: number) => list(facet(at)) },
  ]),
];

for (const { what, goalMs, run } of CASES) {
  await run(0);
  const times: number[] = [];
  for (let at = 0; at < calls; at++) {
    const from = performance.now();
    await run(at);
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const p95 = times[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;
  const figure = { figure: "exceptions", open: total, what, p50: Math.round(times[Math.floor(times.length / 2)] ?? 0) };
  process.stdout.write(`${JSON.stringify({ ...figure, p95: Math.round(p95), goalMs, met: p95 < goalMs })}\n`);
}
const from = performance.now();
const fresh = await call.counts({ ...scope, group: null });
void fresh;
process.stdout.write(
  `${JSON.stringify({ figure: "exceptions", what: "counts, as cached", ms: Math.round(performance.now() - from) })}\n`,
);
await database.drop();
