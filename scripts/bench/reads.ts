import { createTRPCUntypedClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import { v7 } from "uuid";
import { EXCEPTION_KINDS, IMPACTS, SEVERITIES } from "@/core/exceptions/kinds";
import { OUTBOX_TABS, type PostingFilter, postingFilter } from "@/core/postings/filter";
import { HOLD_REASONS } from "@/core/postings/kinds";
import { ENDINGS, NOT_KNOWN, type ShipmentFilter, shipmentFilter } from "@/core/shipments/filter";
import { STAGES, SUMMARIES } from "@/core/shipments/milestones";
import { openDatabase } from "@/db/client";
import { appRouter } from "@/server/api/root";
import { createCallerFactory } from "@/server/api/trpc";
import { readConfig } from "@/server/config";
import type { Context } from "@/server/context";
import { makeLog } from "@/server/log";
import { type App, signInTo, startApp } from "./app";

/**
 * Times what the screens read, through the procedures they call, beside a look-up by primary key and an index-only scan of a page, all in one
 * run; with --http the same calls of the built app over HTTP, signed in, beside an answer of Next that asks no database.
 * usage: DATABASE_URL=... reads.ts [CALLS A CASE] [--http]. Prints one JSON line a group of cases; `worst` is the case with the largest p95.
 */
const overHttp = process.argv.includes("--http");
const calls = Number(process.argv[2] ?? 8);
const url = process.env.DATABASE_URL ?? "";
const config = readConfig({ ...process.env, WAYPOST_SECRET_KEY: Buffer.alloc(32).toString("base64") });
const database = openDatabase(url, { max: 8, application: "bench reads" });
const { sql } = database;
const log = makeLog("bench");
log.level = "warn";
const ctx: Context = { database, sql, db: database.db, config, log, now: () => new Date(), uuid: () => v7() };
const app = overHttp ? await startApp(url, 0) : null;
const cookie = app ? await signInTo(app) : "";
const inside = createCallerFactory(appRouter)({
  ctx,
  actor: { kind: "person", id: v7(), name: "Bench", role: "administrator" },
  correlationId: "bench",
  address: "127.0.0.1",
});
type Caller = typeof inside;
const caller = app ? callerOver(app) : inside;

/** The same procedures, called as the screens call them; what is sent as a body is the look-up alone. */
function callerOver({ origin }: App): Caller {
  const headers = { cookie, origin };
  const client = createTRPCUntypedClient<typeof appRouter>({
    links: [httpLink({ url: `${origin}/api/trpc`, transformer: superjson, headers })],
  });
  const call = (name: string) => (input: unknown) =>
    name === "lookup.find" ? client.mutation(name, input) : client.query(name, input);
  const group = (router: string) => new Proxy({}, { get: (_, name) => call(`${router}.${String(name)}`) });
  return new Proxy({}, { get: (_, router) => group(String(router)) }) as Caller;
}

/** Reads one address of the app to its end. */
async function fetchWhole(address: string): Promise<void> {
  const response = await fetch(`${app?.origin}${address}`, { headers: { cookie }, redirect: "manual" });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
}

type Case = { name: string; run: (call: number) => Promise<unknown> };
type Group = { what: string; goalMs: number; cases: Case[]; calls?: number; pauseMs?: number };

const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
};
const round = (ms: number) => Number(ms.toFixed(2));

async function time(one: Case, many: number, pauseMs: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < many; call++) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const from = performance.now();
    await one.run(call);
    times.push(performance.now() - from);
  }
  return times;
}

async function main(): Promise<void> {
  const sample = await sql<{ id: string; tracking: string | null; name: string }[]>`
    select shipment_id as id, tracking_number as tracking, name from shipment order by hashint8(extract(epoch from created_at)::bigint) limit 400`;
  const at = <T>(list: readonly T[], call: number) => list[(call * 7919) % list.length] as T;
  const open = await sql<{ id: string }[]>`select id from exception where state <> 'resolved' limit 200`;
  const facets = await caller.shipments.facets({ filter: shipmentFilter.parse({}) });
  const limits: Group[] = [
    {
      what: "limit: one shipment by primary key",
      goalMs: 0,
      calls: 400,
      cases: [
        {
          name: "key",
          run: (call) => sql`select name, stage, updated_at from shipment where shipment_id = ${at(sample, call).id}`,
        },
      ],
    },
    {
      what: "limit: 100 rows of an index alone",
      goalMs: 0,
      calls: 400,
      cases: [
        {
          name: "scan",
          run: () =>
            sql`select updated_at, shipment_id from shipment where head_id is null order by updated_at desc, shipment_id desc limit 100`,
        },
      ],
    },
  ];
  if (app)
    limits.splice(0, 2, {
      what: "limit: an answer of Next without the database",
      goalMs: 0,
      calls: 200,
      cases: [{ name: "csrf", run: () => fetchWhole("/api/auth/csrf") }],
    });
  const groups: Group[] = [
    {
      what: "search by reference",
      goalMs: 10,
      calls: 400,
      cases: [
        {
          name: "tracking number",
          run: (call) => caller.shipments.search({ said: at(sample, call).tracking ?? "none" }),
        },
        { name: "name of the transfer", run: (call) => caller.shipments.search({ said: at(sample, call).name }) },
        {
          name: "start of a number",
          run: (call) => caller.shipments.search({ said: at(sample, call).name.slice(0, -2) }),
        },
        { name: "nothing", run: (call) => caller.shipments.search({ said: `NOSUCH${call}` }) },
      ],
    },
    { what: "shipments, no filter", goalMs: 100, calls: 100, cases: [shipments("all", {})] },
    { what: "shipments, each facet alone", goalMs: 100, cases: facetCases(facets) },
    { what: "shipments, two facets", goalMs: 100, cases: pairCases(facets), calls: Math.max(2, Math.round(calls / 2)) },
    { what: "shipments, three and more, rare and none", goalMs: 100, cases: rareCases(facets) },
    {
      what: "shipments, counts of the facets",
      goalMs: 100,
      cases: [{ name: "facets", run: () => caller.shipments.facets({ filter: shipmentFilter.parse({}) }) }],
      calls: 50,
    },
    {
      what: "page of one shipment",
      goalMs: 50,
      calls: 300,
      cases: [{ name: "page", run: (call) => caller.shipments.get({ id: at(sample, call).id }) }],
    },
    {
      what: "exceptions, list under any filter",
      goalMs: 100,
      cases: exceptionCases((filter) => caller.exceptions.list({ filter, limit: 60 })),
    },
    {
      what: "exceptions, groups under any filter",
      goalMs: 100,
      cases: exceptionCases((filter) => caller.exceptions.groups({ filter, limit: 60 })),
    },
    {
      what: "exceptions, counts of the facets, nothing held",
      goalMs: 100,
      pauseMs: 1_600,
      cases: [
        {
          name: "counts",
          run: (call) => caller.exceptions.counts({ group: null, shipment: null, resolved: call % 2 === 0 }),
        },
      ],
      calls: 6,
    },
    {
      what: "one exception with what it rests on",
      goalMs: 100,
      calls: 100,
      cases: [{ name: "explain", run: (call) => caller.exceptions.explain({ id: at(open, call).id }) }],
    },
    {
      what: "postings, list under any filter",
      goalMs: 100,
      cases: postingCases(sample, (filter) => caller.postings.list({ filter, limit: 60 })),
    },
    {
      what: "postings, counts under any filter",
      goalMs: 100,
      cases: postingCases(sample, (filter) => caller.postings.counts({ filter })),
    },
    {
      what: "look-up by what a customer says",
      goalMs: 1000,
      calls: 50,
      cases: [
        {
          name: "tracking number",
          run: (call) => caller.lookup.find({ said: `where is ${at(sample, call).tracking ?? "none"}?` }),
        },
        { name: "name of the transfer", run: (call) => caller.lookup.find({ said: at(sample, call).name }) },
        { name: "e-mail address", run: (call) => caller.lookup.find({ said: `nobody${call}@example.com` }) },
        { name: "answer", run: (call) => caller.lookup.answer({ id: at(sample, call).id }) },
      ],
    },
    ...(app ? [pagesOf(sample.map((one) => one.id))] : []),
    // what is held for some seconds is read anew each time
    {
      what: "tower, nothing held",
      goalMs: 1000,
      calls: 5,
      pauseMs: 5_100,
      cases: [{ name: "overview", run: () => caller.tower.overview() }],
    },
  ];
  const limitMs: Record<string, number> = {};
  for (const group of [...limits, ...groups]) {
    const all: number[] = [];
    let worst = { name: "", p95: 0 };
    const slow: string[] = [];
    for (const one of group.cases) {
      await one.run(0);
      const times = await time(one, group.calls ?? calls, group.pauseMs ?? 0);
      all.push(...times);
      const p95 = percentile(times, 0.95);
      if (p95 > worst.p95) worst = { name: one.name, p95: round(p95) };
      if (group.goalMs > 0 && p95 > group.goalMs)
        slow.push(`${one.name} ${round(percentile(times, 0.5))}/${round(p95)}`);
    }
    const p95 = percentile(all, 0.95);
    if (group.goalMs === 0) limitMs[group.what] = p95;
    const limit = group.goalMs === 0 ? null : (group.goalMs <= 10 ? limits[0] : limits.at(-1))?.what;
    process.stdout.write(
      `${JSON.stringify({ figure: overHttp ? "read over http" : "read", what: group.what, cases: group.cases.length, calls: all.length, p50: round(percentile(all, 0.5)), p95: round(p95), worst, ...(limit ? { limit: limit.slice(7), limitP95: round(limitMs[limit] ?? Number.NaN), times: Number((p95 / (limitMs[limit] ?? Number.NaN)).toFixed(1)), goalMs: group.goalMs, met: p95 < group.goalMs, slow } : {}) })}\n`,
    );
  }
}

/** The pages as a browser opens them, rendered with their first data. */
function pagesOf(ids: readonly string[]): Group {
  const some = (call: number) => ids[(call * 7919) % ids.length] ?? "";
  const addresses = ["/", "/shipments", "/exceptions", "/postings", "/lookup", "/service-levels"];
  return {
    what: "pages as HTML",
    goalMs: 1000,
    calls: 20,
    cases: [
      ...addresses.map((address) => ({ name: address, run: () => fetchWhole(address) })),
      { name: "a shipment", run: (call: number) => fetchWhole(`/shipments/${some(call)}`) },
    ],
  };
}

type Facets = Awaited<ReturnType<typeof caller.shipments.facets>>;

function shipments(name: string, filter: Partial<ShipmentFilter>): Case {
  return { name, run: () => caller.shipments.list({ filter: shipmentFilter.parse(filter), limit: 100 }) };
}

function words(facets: Facets) {
  const some = (values: { value: string }[], all: readonly string[]) => [
    ...new Set([...values.map((one) => one.value), ...all]),
  ];
  return {
    stage: some(facets.stage, [...STAGES, NOT_KNOWN]),
    summary: some(facets.summary, SUMMARIES),
    carrier: some(facets.carrier, [NOT_KNOWN, "no such carrier"]),
    warehouse: some(facets.warehouse, [NOT_KNOWN, "no such warehouse"]),
    ending: some([], ENDINGS),
  };
}

function facetCases(facets: Facets): Case[] {
  return [
    ...Object.entries(words(facets)).flatMap(([facet, values]) =>
      values.map((value) => shipments(`${facet} ${value}`, { [facet]: [value] })),
    ),
    shipments("in trouble", { trouble: true }),
    shipments("late", { late: true }),
  ];
}

function pairCases(facets: Facets): Case[] {
  const of = words(facets);
  const names = Object.keys(of) as (keyof typeof of)[];
  const pairs = names.flatMap((a, i) =>
    names
      .slice(i + 1)
      .flatMap((b) =>
        of[a].flatMap((one) => of[b].map((two) => shipments(`${a} ${one}, ${b} ${two}`, { [a]: [one], [b]: [two] }))),
      ),
  );
  const flags = names.flatMap((a) =>
    of[a].flatMap((one) => [
      shipments(`${a} ${one}, trouble`, { [a]: [one], trouble: true }),
      shipments(`${a} ${one}, late`, { [a]: [one], late: true }),
    ]),
  );
  return [...pairs, ...flags];
}

function rareCases(facets: Facets): Case[] {
  const of = words(facets);
  const known = (values: { value: string }[]) => values.map((one) => one.value);
  const carriers = known(facets.carrier);
  const warehouses = known(facets.warehouse);
  return [
    shipments("all carriers", { carrier: carriers }),
    shipments("all carriers and warehouses", { carrier: carriers, warehouse: warehouses }),
    shipments("all carriers and none", { carrier: [...carriers, NOT_KNOWN] }),
    shipments("two carriers, three warehouses, delivered", {
      carrier: carriers.slice(0, 2),
      warehouse: warehouses.slice(0, 3),
      ending: ["delivered"],
    }),
    shipments("a carrier hardly used", { carrier: ["RarePost"] }),
    shipments("a carrier hardly used, every warehouse", { carrier: ["RarePost"], warehouse: warehouses }),
    shipments("a carrier hardly used, open", { carrier: ["RarePost"], ending: ["open"] }),
    shipments("a carrier hardly used or unknown", { carrier: ["RarePost", NOT_KNOWN] }),
    ...carriers.map((carrier) =>
      shipments(`${carrier}, cancelled, in trouble`, { carrier: [carrier], ending: ["cancelled"], trouble: true }),
    ),
    ...warehouses.map((warehouse) =>
      shipments(`${warehouse}, delivered, in transit`, {
        warehouse: [warehouse],
        ending: ["delivered"],
        summary: ["in_transit"],
      }),
    ),
    ...warehouses.map((warehouse) =>
      shipments(`${warehouse}, lost`, { warehouse: [warehouse], ending: ["lost"], stage: ["in_transit"] }),
    ),
    shipments("everything at once", {
      stage: of.stage as ShipmentFilter["stage"],
      summary: of.summary as ShipmentFilter["summary"],
      carrier: carriers,
      warehouse: warehouses,
      ending: of.ending as ShipmentFilter["ending"],
    }),
    shipments("late, in trouble, every carrier", { late: true, trouble: true, carrier: carriers }),
    shipments("late and delivered", { late: true, ending: ["delivered"] }),
  ];
}

type ExceptionFilter = Parameters<typeof caller.exceptions.list>[0]["filter"];

function exceptionCases(run: (filter: ExceptionFilter) => Promise<unknown>): Case[] {
  const one = (name: string, filter: ExceptionFilter): Case => ({ name, run: () => run(filter) });
  const states = ["open", "acknowledged", "snoozed", "resolved"] as const;
  const kinds = ["unmapped_code", "scan_late", "delivery_late", "pod_missing"] as const;
  return [
    one("all", {}),
    ...states.map((state) => one(`state ${state}`, { state: [state] })),
    one("every state", { state: [...states] }),
    ...SEVERITIES.map((severity) => one(`severity ${severity}`, { severity: [severity] })),
    ...EXCEPTION_KINDS.map((kind) => one(`kind ${kind}`, { kind: [kind] })),
    ...IMPACTS.map((impact) => one(`impact ${impact}`, { impact: [impact] })),
    ...["me", "nobody"].map((owner) => one(`owner ${owner}`, { owner: [owner] })),
    ...[1, 2, 3, 4, 99].map((feed) => one(`feed ${feed}`, { feed: [feed] })),
    one("overdue", { overdue: true }),
    ...kinds.flatMap((kind) => states.map((state) => one(`${kind}, ${state}`, { kind: [kind], state: [state] }))),
    ...kinds.flatMap((kind) =>
      SEVERITIES.map((severity) => one(`${kind}, ${severity}`, { kind: [kind], severity: [severity] })),
    ),
    ...[1, 2, 99].flatMap((feed) =>
      states.map((state) => one(`feed ${feed}, ${state}`, { feed: [feed], state: [state] })),
    ),
    ...SEVERITIES.flatMap((severity) => [
      one(`${severity}, overdue`, { severity: [severity], overdue: true }),
      one(`${severity}, resolved`, { severity: [severity], state: ["resolved"] }),
      one(`${severity}, nobody, resolved or not`, { severity: [severity], owner: ["nobody"], state: [...states] }),
    ]),
    one("low, me, overdue", { severity: ["low"], owner: ["me"], overdue: true }),
  ];
}

function postingCases(sample: readonly { name: string }[], run: (filter: PostingFilter) => Promise<unknown>): Case[] {
  const one = (name: string, filter: Partial<PostingFilter>): Case => ({
    name,
    run: () => run(postingFilter.parse(filter)),
  });
  const tabs = Object.entries(OUTBOX_TABS).map(([name, states]) => ({ name, state: [...states] }));
  const kinds = ["tracking_number", "transfer_validated", "status_note", "vendor_bill"] as const;
  return [
    one("all", {}),
    ...tabs.map(({ name, state }) => one(name, { state })),
    ...kinds.map((kind) => one(kind, { kind: [kind] })),
    ...tabs.flatMap(({ name, state }) => kinds.map((kind) => one(`${kind}, ${name}`, { kind: [kind], state }))),
    ...HOLD_REASONS.map((reason) => one(`held: ${reason}`, { state: ["held"], held: [reason] })),
    ...[1, 99].map((connection) => one(`connection ${connection}`, { connection: [connection] })),
    ...sample.slice(0, 3).map(({ name }) => one(`search ${name}`, { search: name })),
    one("search for nothing", { search: "NOSUCH" }),
  ];
}

try {
  await main();
} finally {
  await app?.stop();
  await database.close();
}
