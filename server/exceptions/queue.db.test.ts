import { afterAll, beforeAll, expect, test } from "vitest";
import { cellPasses, type ExceptionFilter, exceptionFilter, facetCounts, totalOf } from "@/core/exceptions/filter";
import {
  EXCEPTION_SPECS,
  EXCEPTION_STATES,
  type ExceptionKind,
  IMPACTS,
  RESPONSIBLE_PARTIES,
  SEVERITIES,
} from "@/core/exceptions/kinds";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { weigh } from "@/core/exceptions/work-order";
import { listExceptionGroups } from "@/db/queries/exception-groups";
import { listLost } from "@/db/queries/exception-lost";
import { countExceptions, findException, listExceptionNotes, listExceptions } from "@/db/queries/exceptions";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type TestContext, testContext } from "../testing/context";
import { openException } from "../testing/open-exception";
import { loseLapsed } from "./lose";

let database: TestDatabase;
let ctx: TestContext;
const ME = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";
const TEAM = "00000000-0000-4000-8000-0000000000aa";

beforeAll(async () => {
  database = await testDatabase("queue");
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
});
afterAll(async () => database?.drop());

/** The same numbers in every run. */
function dice(seed: number): (below: number) => number {
  let at = seed;
  return (below) => {
    at = (at * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((at / 2_147_483_648) * below);
  };
}

const KINDS = ["delivery_late", "scan_late", "unmapped_code", "damaged", "odoo_unreachable"] as const;

/** Four hundred exceptions with every mixture of what the facets show. */
async function plant(): Promise<void> {
  const roll = dice(7);
  const groups = Array.from({ length: 12 }, (_, at) => ({ id: ctx.uuid(), kind: KINDS[at % 5] as ExceptionKind }));
  for (const [at, { id, kind }] of groups.entries())
    await ctx.sql`insert into exception_group (id, fingerprint, kind, cause, first_seen, regressed)
      values (${id}, ${`queue ${at}`}, ${kind}, ${`cause ${at}`}, ${ctx.now()}, ${at % 4 === 1})`;
  const rows = Array.from({ length: 400 }, (_, at) => {
    const group = groups[roll(12)] ?? groups[0];
    const severity = SEVERITIES[roll(4)] ?? "low";
    const rank = SEVERITIES.indexOf(severity);
    const minutes = roll(2_000) - 1_000;
    return {
      home_id: ctx.uuid(),
      id: ctx.uuid(),
      kind: group?.kind ?? "scan_late",
      subject: `s ${at}`,
      occurrence: "1",
      severity,
      rank,
      state: EXCEPTION_STATES[roll(EXCEPTION_STATES.length)] ?? "open",
      group_id: group?.id ?? "",
      feed_id: [null, 1, 2, 3][roll(4)] ?? null,
      text: "text",
      evidence: {},
      evidence_hash: "x",
      owner_role: "support",
      party: RESPONSIBLE_PARTIES[roll(RESPONSIBLE_PARTIES.length)] ?? "other",
      assignee_id: [null, ME, OTHER][roll(3)] ?? null,
      team_id: [null, null, TEAM][roll(3)] ?? null,
      opened_at: new Date(ctx.now().getTime() + (minutes - 3_000) * 60_000),
      due_at: new Date(ctx.now().getTime() + minutes * 60_000),
      work_rank: rank > 1 && roll(3) === 0 ? rank - 1 : rank,
      work_at: new Date(ctx.now().getTime() + minutes * 60_000),
      resolved_at: ctx.now(),
      updated_at: ctx.now(),
    };
  });
  await ctx.sql`insert into exception ${ctx.sql(rows)}`;
  await ctx.sql`update exception set resolved_at = null where state <> 'resolved'`;
}

async function listed(filter: ExceptionFilter) {
  const page = { me: ME, now: ctx.now(), limit: 1_000, after: null };
  return (await listExceptions(ctx.sql, filter, page)).rows;
}

test("counts of every facet equal the list one click away, and the causes are those of the list, under two hundred filters by chance", async () => {
  await plant();
  const roll = dice(11);
  const some = <T>(values: readonly T[]): T[] => (roll(3) === 0 ? values.filter(() => roll(3) === 0).slice(0, 4) : []);
  const cells = await countExceptions(ctx.sql, { group: null, shipment: null, resolved: true, now: ctx.now() });
  let full = 0;
  for (let at = 0; at < 200; at++) {
    const filter = exceptionFilter.parse({
      state: some(EXCEPTION_STATES),
      severity: some(SEVERITIES),
      kind: some(KINDS),
      impact: some(IMPACTS),
      owner: some(["me", "nobody", OTHER, TEAM]),
      feed: some([1, 2, 3]),
      party: some(RESPONSIBLE_PARTIES),
      overdue: roll(6) === 0,
      regressed: roll(8) === 0,
    });
    const rows = await listed(filter);
    const said = JSON.stringify(filter);
    expect(totalOf(cells, filter, ME), said).toBe(rows.length);
    if (rows.length > 0) full += 1;
    const groups = await listExceptionGroups(ctx.sql, filter, { me: ME, now: ctx.now(), limit: 100, after: null });
    expect(groups.rows.map((row) => row.id).sort(), said).toEqual([...new Set(rows.map((row) => row.groupId))].sort());
    // a click on a severity: its count is the length of the list that opens
    const severity = SEVERITIES[at % 4] ?? "low";
    const count = facetCounts(cells, filter, ME, "severity", (cell) => [cell.severity]).get(severity) ?? 0;
    if (at % 5 === 0) expect((await listed({ ...filter, severity: [severity] })).length, said).toBe(count);
  }
  expect(full).toBeGreaterThan(60);
  expect(cells.some((cell) => cellPasses(cell, exceptionFilter.parse({}), ME))).toBe(true);
}, 60_000);

test("money whose clock ran out while it stood is logged as lost, once, and leaves the front; what was resolved in time, or late from the start, is not", async () => {
  await ctx.sql`truncate exception, exception_group, exception_group_count, exception_note, audit cascade`;
  const petr = await insertActor(ctx.sql, "support");
  const [claim, saved, late] = [
    await openException(ctx, "damaged"),
    await openException(ctx, "damaged"),
    await openException(ctx, "delivery_late"),
  ];
  const at = (hours: number) => new Date(ctx.now().getTime() + hours * 3_600_000);
  const risk = (id: string, kind: string, deadline: Date) =>
    ctx.sql`update exception set stake_minor = 20000, stake_currency = 'EUR', risk_minor = 12000, deadline_at = ${deadline}, deadline_kind = ${kind},
      work_rank = 0, work_at = ${at(-9)} where id = ${id}`;
  await risk(claim.id, "claim", at(2));
  await risk(saved.id, "claim", at(2));
  await risk(late.id, "promise", at(-5));
  expect(await loseLapsed(ctx)).toBe(0);
  await ctx.sql`update exception set state = 'resolved', resolved_at = ${ctx.now()}, resolved_by = ${petr.id} where id = ${saved.id}`;
  ctx.clock.at = at(3);
  expect(await loseLapsed(ctx)).toBe(1);
  expect(await loseLapsed(ctx)).toBe(0);
  const found = await findException(ctx.sql, claim.id);
  expect(found).toMatchObject({ riskMinor: 0, state: "open", workRank: SEVERITIES.indexOf("high") });
  const notes = await listExceptionNotes(ctx.sql, found?.homeId ?? "", claim.id);
  expect(notes.map(({ kind, text }) => [kind, text])).toEqual([
    ["lost", "EUR 120.00 counted as lost: the claim window ended at 2026-11-20 12:00 UTC."],
  ]);
  const lost = await listLost(ctx.sql, at(-24), 10);
  expect(lost.sums).toEqual([{ currency: "EUR", lostMinor: 12_000, count: 1 }]);
  expect(lost.rows.map((row) => row.id)).toEqual([claim.id]);
  expect((await ctx.sql`select action, actor_name from audit where action = 'exceptions.lose'`).length).toBe(1);
  // judged again, it stays lost
  const about = { value: { amountMinor: 20_000, currency: "EUR" }, promisedAtMs: null, deliveredAtMs: null };
  const again = weigh(
    { kind: "damaged", severity: EXCEPTION_SPECS.damaged.severity, openedAtMs: 0, lost: true },
    about,
    DEFAULT_THRESHOLDS,
  );
  expect(again).toMatchObject({ riskMinor: 0, workRank: SEVERITIES.indexOf("high") });
});
