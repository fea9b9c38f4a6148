import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ExceptionFilter, exceptionFilter, facetCounts, totalOf } from "@/core/exceptions/filter";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import { listExceptionGroups, listGroupTrends, searchExceptionGroups } from "@/db/queries/exception-groups";
import { countExceptions, findException, listExceptionNotes, listExceptions } from "@/db/queries/exceptions";
import { insertPerson } from "@/db/queries/people";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Actor } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { makeShipment, openException } from "../testing/open-exception";
import { acknowledgeExceptions } from "./acknowledge";
import { assignExceptions } from "./assign";
import { commentException } from "./comment";
import { exportExceptions } from "./export";
import { reopenExceptions } from "./reopen";
import { resolveExceptions } from "./resolve";
import { snoozeExceptions } from "./snooze";
import { wakeExceptions } from "./wake";

let database: TestDatabase;
let ctx: TestContext;
let support: Extract<Actor, { kind: "person" }>;
let other: Extract<Actor, { kind: "person" }>;
const executive: Actor = { kind: "person", id: "00000000-0000-4000-8000-0000000000e1", name: "Exe", role: "executive" };

beforeAll(async () => {
  database = await testDatabase("exceptions");
});
afterAll(async () => database?.drop());

beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  await ctx.sql`truncate exception, exception_group, exception_group_count, exception_note, shipment, person, audit, feed cascade`;
  support = await makePerson("Petr", "petr@example.test");
  other = await makePerson("Jana", "jana@example.test");
});

async function makePerson(name: string, email: string): Promise<Extract<Actor, { kind: "person" }>> {
  const id = ctx.uuid();
  const row = {
    id,
    email,
    name,
    role: "support" as const,
    state: "active" as const,
    passwordHash: null,
    createdAt: ctx.now(),
  };
  await insertPerson(ctx.sql, row);
  return { kind: "person", id, name, role: "support" };
}

/** Opens one exception the way the pipeline does. */
async function open(
  kind: ExceptionKind,
  over: { cause?: string; subject?: string; shipmentId?: string } = {},
): Promise<string> {
  return (await openException(ctx, kind, over)).id;
}

const filter = (over: Partial<ExceptionFilter> = {}) => exceptionFilter.parse(over);
const get = async (id: string) => {
  const found = await findException(ctx.sql, id);
  if (!found) throw new Error("not there");
  return found;
};
const one = (id: string) => ({ target: { ids: [id] } });
const audits = async () =>
  (await ctx.sql<{ action: string }[]>`select action from audit order by at, id`).map((r) => r.action);

async function everyPage(of: ExceptionFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: Parameters<typeof listExceptions>[2]["after"] = null;
  do {
    const page = await listExceptions(ctx.sql, of, { me: support.id, now: ctx.now(), limit, after });
    ids.push(...page.rows.map((row) => row.id));
    after = page.next;
  } while (after);
  return ids;
}

describe("the queue", () => {
  test("shows the worst first, then the one due first, and pages neither skip nor repeat", async () => {
    const low = await open("implausible_time");
    const high: string[] = [];
    for (let i = 0; i < 5; i++) {
      ctx.clock.at = new Date(ctx.clock.at.getTime() + 60_000);
      high.push(await open("delivery_late"));
    }
    const critical = await open("odoo_unreachable");
    for (const limit of [1, 2, 3, 50]) expect(await everyPage(filter(), limit)).toEqual([critical, ...high, low]);
  });

  test("pages hold when many are due at the same instant", async () => {
    for (let i = 0; i < 7; i++) await open("delivery_late");
    const all = await everyPage(filter(), 100);
    expect(new Set(all).size).toBe(7);
    expect(await everyPage(filter(), 2)).toEqual(all);
  });

  test.each<[string, Partial<ExceptionFilter>]>([
    ["everything that stands", {}],
    ["one kind", { kind: ["delivery_late"] }],
    ["two kinds", { kind: ["delivery_late", "unmapped_code"] }],
    ["a severity", { severity: ["medium", "low"] }],
    ["an impact", { impact: ["carrier"] }],
    ["nobody's", { owner: ["nobody"] }],
    ["mine", { owner: ["me"] }],
    ["mine and resolved ones", { owner: ["me", "nobody"], state: ["acknowledged", "resolved"] }],
    ["resolved", { state: ["resolved"] }],
    ["all states", { state: ["open", "acknowledged", "snoozed", "resolved"] }],
    ["snoozed", { state: ["snoozed"] }],
    ["overdue", { overdue: true }],
    ["what cannot be", { kind: ["unmapped_code"], impact: ["cash"] }],
    ["a kind that is resolved", { kind: ["delivery_late"], state: ["resolved"] }],
  ])("counts of the facets equal the list: %s", async (_, wanted) => {
    const late = [await open("delivery_late"), await open("delivery_late"), await open("delivery_late")];
    const codes = [await open("unmapped_code", { cause: "a" }), await open("unmapped_code", { cause: "b" })];
    await open("odoo_unreachable");
    await open("implausible_time");
    await assignExceptions(ctx, support, { target: { ids: codes }, assigneeId: support.id });
    await acknowledgeExceptions(ctx, support, one(late[0] ?? ""));
    await resolveExceptions(ctx, support, { ...one(late[1] ?? ""), reason: "done with it" });
    await snoozeExceptions(ctx, support, {
      ...one(codes[0] ?? ""),
      choice: { mode: "until" as const, until: new Date("2026-11-21T10:00:00Z") },
    });
    ctx.clock.at = new Date("2026-11-20T12:00:00Z");
    const of = filter(wanted);
    const cells = await countExceptions(ctx.sql, { group: null, shipment: null, resolved: true, now: ctx.now() });
    const listed = await everyPage(of, 2);
    expect(totalOf(cells, of, support.id)).toBe(listed.length);
    const rows = await listExceptions(ctx.sql, of, { me: support.id, now: ctx.now(), limit: 100, after: null });
    const byKind = facetCounts(cells, of, support.id, "kind", (cell) => [cell.kind]);
    for (const row of rows.rows)
      expect(byKind.get(row.kind)).toBeGreaterThanOrEqual(rows.rows.filter((r) => r.kind === row.kind).length);
  });

  test("one cause is one group with its counts, first and last sight and trend", async () => {
    const ids = [await open("unmapped_code", { cause: "x" }), await open("unmapped_code", { cause: "x" })];
    ctx.clock.at = new Date("2026-11-20T12:30:00Z");
    await open("unmapped_code", { cause: "x" });
    await open("delivery_late");
    await resolveExceptions(ctx, support, { ...one(ids[0] ?? ""), reason: "gone by itself" });
    const page = { me: null, now: ctx.now(), limit: 50, after: null };
    const { rows } = await listExceptionGroups(ctx.sql, filter(), page);
    expect(rows.map((g) => [g.kind, g.count, g.open, g.shipments])).toEqual([
      ["delivery_late", 1, 1, 1],
      ["unmapped_code", 3, 2, 2],
    ]);
    expect(rows[1]).toMatchObject({
      firstSeen: new Date("2026-11-20T10:00:00Z"),
      lastSeen: new Date("2026-11-20T12:30:00Z"),
      state: "open",
    });
    const trend = (await listGroupTrends(ctx.sql, [rows[1]?.id ?? ""], ctx.now())).get(rows[1]?.id ?? "");
    expect(trend?.slice(-3)).toEqual([2, 0, 1]);
    const members = await everyPage(filter({ group: rows[1]?.id ?? null }), 1);
    expect(members).toHaveLength(2);
  });

  test("groups page by page are the same as all at once, and are found by a part of their words", async () => {
    for (const cause of ["a", "b", "c", "d"]) {
      ctx.clock.at = new Date(ctx.clock.at.getTime() + 1000);
      await open("unmapped_code", { cause: `100% ${cause}` });
    }
    await open("delivery_late");
    const all = await listExceptionGroups(ctx.sql, filter(), { me: null, now: ctx.now(), limit: 50, after: null });
    const ids: string[] = [];
    let after: Parameters<typeof listExceptionGroups>[2]["after"] = null;
    do {
      const page = await listExceptionGroups(ctx.sql, filter(), { me: null, now: ctx.now(), limit: 2, after });
      ids.push(...page.rows.map((g) => g.id));
      after = page.next;
    } while (after);
    expect(ids).toEqual(all.rows.map((g) => g.id));
    expect((await searchExceptionGroups(ctx.sql, "100% b", 5)).map((g) => g.text)).toEqual([
      "unmapped_code because of 100% b",
    ]);
  });

  test("the export holds each exception of the filter once and is in the audit log", async () => {
    const a = await open("delivery_late");
    const b = await open("unmapped_code");
    let text = "";
    for await (const part of await exportExceptions(ctx, support, filter({ kind: ["delivery_late"] }))) text += part;
    expect(text.split(/\r?\n/).filter(Boolean)).toHaveLength(2);
    expect([text.includes(a), text.includes(b)]).toEqual([true, false]);
    expect(await audits()).toEqual(["exceptions.export"]);
  });
});

describe("what a person does", () => {
  test("acknowledging says who, writes a note and an audit row, and a second person is told who was faster", async () => {
    const id = await open("delivery_late");
    await acknowledgeExceptions(ctx, support, one(id));
    const row = await get(id);
    expect(row).toMatchObject({ state: "acknowledged", acknowledgedByName: "Petr" });
    expect((await listExceptionNotes(ctx.sql, row.homeId, id)).map((n) => [n.kind, n.byName])).toEqual([
      ["acknowledged", "Petr"],
    ]);
    expect(await audits()).toEqual(["exceptions.acknowledge"]);
    await expect(acknowledgeExceptions(ctx, other, one(id))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Petr acknowledged it"),
    });
  });

  test("two people who act at once: one wins, the other is refused", async () => {
    const id = await open("delivery_late");
    const results = await Promise.allSettled([
      resolveExceptions(ctx, support, { ...one(id), reason: "first one" }),
      resolveExceptions(ctx, other, { ...one(id), reason: "second one" }),
    ]);
    expect(results.map((r) => r.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await audits()).filter((a) => a === "exceptions.resolve")).toHaveLength(1);
    const [count] = await ctx.sql`select sum(closed)::int as n from exception_group_count`;
    expect(count?.n).toBe(1);
  });

  test("resolving closes, counts the shipment's open ones anew and asks for a new look; reopening takes it back", async () => {
    const shipmentId = await makeShipment(ctx);
    const id = await open("delivery_late", { shipmentId });
    await open("damaged", { shipmentId });
    const shipment = async () =>
      (
        await ctx.sql`select open_exceptions as open, review_at as at from shipment where shipment_id = ${shipmentId}`
      )[0];
    await resolveExceptions(ctx, support, { ...one(id), reason: "delivered after all" });
    expect(await get(id)).toMatchObject({
      state: "resolved",
      resolution: "delivered after all",
      resolvedByName: "Petr",
    });
    expect(await shipment()).toMatchObject({ open: 1, at: ctx.now() });
    await reopenExceptions(ctx, support, { ...one(id), reason: "" });
    expect(await get(id)).toMatchObject({ state: "open", resolution: null, resolvedAt: null });
    expect(await shipment()).toMatchObject({ open: 2 });
  });

  test("a resolved one cannot be opened again where the same was opened anew", async () => {
    const shipmentId = await makeShipment(ctx);
    const id = await open("delivery_late", { shipmentId });
    await resolveExceptions(ctx, support, { ...one(id), reason: "delivered" });
    await open("delivery_late", { shipmentId });
    await expect(reopenExceptions(ctx, support, { ...one(id), reason: "" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await get(id)).toMatchObject({ state: "resolved" });
  });

  test("assigning tells who has it when somebody else took it meanwhile", async () => {
    const id = await open("delivery_late");
    await assignExceptions(ctx, other, { ...one(id), assigneeId: other.id, expected: null });
    await expect(
      assignExceptions(ctx, support, { ...one(id), assigneeId: support.id, expected: null }),
    ).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Jana has this exception"),
    });
    await assignExceptions(ctx, support, { ...one(id), assigneeId: support.id, expected: other.id });
    expect(await get(id)).toMatchObject({ assigneeName: "Petr" });
    await assignExceptions(ctx, support, { ...one(id), assigneeId: null });
    expect(await get(id)).toMatchObject({ assigneeName: null });
  });

  test("nobody can be given an exception who is disabled or does not exist", async () => {
    const id = await open("delivery_late");
    await ctx.sql`update person set state = 'disabled' where id = ${other.id}`;
    for (const assigneeId of [other.id, ctx.uuid()])
      await expect(assignExceptions(ctx, support, { ...one(id), assigneeId })).rejects.toMatchObject({
        code: "invalid",
      });
  });

  test("a snoozed one leaves the queue and wakes by itself, not a moment before", async () => {
    const id = await open("delivery_late");
    const until = new Date("2026-11-20T14:00:00Z");
    await snoozeExceptions(ctx, support, { ...one(id), choice: { mode: "until", until } });
    expect(await everyPage(filter(), 10)).toEqual([]);
    ctx.clock.at = new Date(until.getTime() - 1);
    expect(await wakeExceptions(ctx)).toBe(0);
    ctx.clock.at = until;
    expect(await wakeExceptions(ctx)).toBe(1);
    expect(await everyPage(filter(), 10)).toEqual([id]);
    expect(await get(id)).toMatchObject({ state: "open", snoozedUntil: null });
  });

  test.each([
    ["a time that has passed", "2026-11-20T09:59:59Z"],
    ["more than 90 days", "2027-03-01T00:00:00Z"],
  ])("snoozing until %s is refused", async (_, until) => {
    const id = await open("delivery_late");
    await expect(
      snoozeExceptions(ctx, support, { ...one(id), choice: { mode: "until" as const, until: new Date(until) } }),
    ).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test("all that match are changed in one go, but those left out; the audit log has one row with the filter", async () => {
    const ids = [await open("delivery_late"), await open("delivery_late"), await open("delivery_late")];
    const code = await open("unmapped_code");
    const target = { filter: filter({ kind: ["delivery_late"] }), except: [ids[2] ?? ""] };
    expect(await acknowledgeExceptions(ctx, support, { target })).toMatchObject({ changed: 2, unchanged: 0 });
    const states = await Promise.all([...ids, code].map(async (id) => (await get(id)).state));
    expect(states).toEqual(["acknowledged", "acknowledged", "open", "open"]);
    const [audit] = await ctx.sql`select subject, after from audit`;
    expect(audit).toMatchObject({ subject: "exceptions", after: { count: 2, filter: { kind: ["delivery_late"] } } });
  });

  test("of many, those that somebody resolved meanwhile stay as they are and are counted", async () => {
    const ids = [await open("delivery_late"), await open("delivery_late")];
    await resolveExceptions(ctx, other, { ...one(ids[0] ?? ""), reason: "done already" });
    expect(await resolveExceptions(ctx, support, { target: { ids }, reason: "all of them" })).toMatchObject({
      changed: 1,
      unchanged: 1,
    });
    expect((await get(ids[0] ?? "")).resolvedByName).toBe("Jana");
  });

  test("a comment stays with the exception and is in the audit log without its words", async () => {
    const id = await open("delivery_late");
    await commentException(ctx, support, { id, text: "Called the carrier" });
    const row = await get(id);
    expect((await listExceptionNotes(ctx.sql, row.homeId, id))[0]).toMatchObject({
      kind: "comment",
      text: "Called the carrier",
      byName: "Petr",
    });
    const [audit] = await ctx.sql`select action, after::text as after from audit`;
    expect(audit?.action).toBe("exceptions.comment");
    expect(audit?.after).not.toContain("Called");
  });

  test("every act is refused without its right and changes nothing", async () => {
    const id = await open("delivery_late");
    const acts = [
      () => acknowledgeExceptions(ctx, executive, one(id)),
      () => assignExceptions(ctx, executive, { ...one(id), assigneeId: null }),
      () =>
        snoozeExceptions(ctx, executive, {
          ...one(id),
          choice: { mode: "until" as const, until: new Date("2026-11-21T00:00:00Z") },
        }),
      () => resolveExceptions(ctx, executive, { ...one(id), reason: "no right" }),
      () => reopenExceptions(ctx, executive, { ...one(id), reason: "" }),
      () => commentException(ctx, executive, { id, text: "no right" }),
    ];
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code: "forbidden" });
    expect(await get(id)).toMatchObject({ state: "open" });
    expect(await audits()).toEqual([]);
  });

  test("what does not exist is not found", async () => {
    await expect(acknowledgeExceptions(ctx, support, one(ctx.uuid()))).rejects.toMatchObject({ code: "not_found" });
    await expect(commentException(ctx, support, { id: ctx.uuid(), text: "hello" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
