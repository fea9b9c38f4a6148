import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ruleSays } from "@/core/exceptions/automation";
import { LEARN_TIMES } from "@/core/exceptions/learn";
import { listRuleActs, listRules, listSuggestions } from "@/db/queries/automation";
import { findException, listExceptionNotes } from "@/db/queries/exceptions";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { assignExceptions } from "../exceptions/assign";
import { reopenExceptions } from "../exceptions/reopen";
import { resolveExceptions } from "../exceptions/resolve";
import { type TestContext, testContext } from "../testing/context";
import { makeShipment, openException } from "../testing/open-exception";
import { actByRules, type RuleMemory } from "./act-by-rules";
import { decideOnSuggestion } from "./decide";
import { dryRunRule } from "./dry-run";
import { learnRules } from "./learn";
import { orderRules } from "./order-rules";
import { saveRule } from "./save-rule";
import { removeRule, switchRule } from "./switch-rule";
import { undoRuleActs } from "./undo-acts";

let database: TestDatabase;
let ctx: TestContext;
let jana: PersonActor;
let petr: PersonActor;

beforeAll(async () => {
  database = await testDatabase("automation");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  await ctx.sql`truncate exception, exception_group, exception_group_count, exception_note, shipment, person, audit, automation_rule,
    automation_act, automation_suggestion, run, run_item cascade`;
  jana = await insertActor(ctx.sql, "logistics");
  petr = await insertActor(ctx.sql, "support");
});

const says = (over: Record<string, unknown> = {}) =>
  ruleSays.parse({ when: { kind: ["scan_late"] }, does: { act: "resolve", reason: "no harm" }, ...over });
const make = (of = says(), name = "Late scans") => saveRule(ctx, jana, { name, says: of, on: true });
const stateOf = async (id: string) => (await findException(ctx.sql, id))?.state;
const later = (hours: number) => {
  ctx.clock.at = new Date(ctx.clock.at.getTime() + hours * 3_600_000);
};

describe("a rule that is on", () => {
  test("acts on what fits and on nothing else, once, and the act is audited and noted as the rule's", async () => {
    const late = (await openException(ctx, "scan_late")).id;
    const other = (await openException(ctx, "delivery_late")).id;
    const { id } = await make();
    expect(await actByRules(ctx, new Map())).toBe(1);
    expect(await actByRules(ctx, new Map())).toBe(0);
    expect([await stateOf(late), await stateOf(other)]).toEqual(["resolved", "open"]);
    const found = await findException(ctx.sql, late);
    const [note] = await listExceptionNotes(ctx.sql, found?.homeId ?? "", late);
    expect(note).toMatchObject({ kind: "resolved", text: "Rule: Late scans: no harm", byName: null });
    const audits =
      await ctx.sql`select actor_kind, actor_name, action from audit where subject = ${`rule:${id}`} order by at, id`;
    expect(audits.map((row) => [row.actor_kind, row.actor_name, row.action])).toEqual([
      ["person", jana.name, "automation.save"],
      ["system", "Rule: Late scans", "exceptions.resolve"],
    ]);
    expect(await listRuleActs(ctx.sql, id, 10)).toMatchObject([{ exceptionId: late, result: "done" }]);
    expect((await listRules(ctx.sql))[0]).toMatchObject({ acted: 1, refused: 0, on: true });
  });

  test("waits for the age it asks for", async () => {
    const late = (await openException(ctx, "scan_late")).id;
    await make(says({ given: { olderThanMinutes: 120 } }));
    const memory: RuleMemory = new Map();
    expect(await actByRules(ctx, memory)).toBe(0);
    later(2);
    expect(await actByRules(ctx, memory)).toBe(1);
    expect(await stateOf(late)).toBe("resolved");
  });

  test("walks through more than it reads at once", async () => {
    for (let i = 0; i < 7; i++) await openException(ctx, i % 2 ? "scan_late" : "held");
    await make(says({ when: { kind: ["scan_late", "held"] }, does: { act: "acknowledge" } }));
    expect(await actByRules(ctx, new Map())).toBe(7);
  });

  test("never takes from whom a person chose", async () => {
    const late = (await openException(ctx, "scan_late")).id;
    await assignExceptions(ctx, petr, { target: { ids: [late] }, assigneeId: petr.id });
    await make(says({ does: { act: "assign", assigneeId: jana.id } }));
    expect(await actByRules(ctx, new Map())).toBe(0);
    expect((await findException(ctx.sql, late))?.assigneeId).toBe(petr.id);
    expect((await listRules(ctx.sql))[0]).toMatchObject({ acted: 0, refused: 1 });
  });

  test("stops at what keeps coming back", async () => {
    const shipmentId = await makeShipment(ctx);
    await make();
    for (let i = 0; i < 5; i++) {
      await openException(ctx, "scan_late", { shipmentId, occurrence: String(i) });
      await actByRules(ctx, new Map());
      later(1);
      if (await ctx.sql`select 1 from exception where state = 'open'`.then((rows) => rows.length > 0)) break;
    }
    const [row] =
      await ctx.sql`select count(*) filter (where state = 'resolved')::int as closed, count(*)::int as all from exception`;
    expect(row).toEqual({ closed: 3, all: 4 });
    const reasons = await ctx.sql`select reason from automation_act where result = 'refused'`;
    expect(reasons.map((one) => one.reason)).toEqual(["It came back 3 times within a day; a person should look."]);
  });

  test("snoozes, comments and leaves what it cannot replay", async () => {
    const late = (await openException(ctx, "scan_late")).id;
    await make(says({ does: { act: "comment", text: "carrier knows" } }), "a");
    await make(says({ does: { act: "replay" } }), "b");
    await make(says({ does: { act: "snooze", hours: 4 } }), "c");
    await actByRules(ctx, new Map());
    expect(await findException(ctx.sql, late)).toMatchObject({
      state: "snoozed",
      snoozedUntil: new Date("2026-11-20T14:00:00Z"),
    });
    const results =
      await ctx.sql`select r.name, a.result from automation_act a join automation_rule r on r.id = a.rule_id order by r.name`;
    expect(results.map((row) => [row.name, row.result])).toEqual([
      ["a", "done"],
      ["b", "refused"],
      ["c", "done"],
    ]);
  });

  test("does nothing once it is switched off, and off is one act", async () => {
    const { id } = await make();
    await switchRule(ctx, jana, { id, on: false });
    await openException(ctx, "scan_late");
    expect(await actByRules(ctx, new Map())).toBe(0);
    await removeRule(ctx, jana, { id });
    expect(await listRules(ctx.sql)).toEqual([]);
  });
});

describe("a rule is refused", () => {
  test("when it matches everything, loops, can do nothing, or somebody was faster", async () => {
    await expect(make(says({ when: {} }))).rejects.toMatchObject({
      code: "precondition",
      message: expect.stringContaining("match everything"),
    });
    await expect(make(says({ when: { kind: ["lost"] } }))).rejects.toMatchObject({ code: "precondition" });
    await make(says({ does: { act: "assign", assigneeId: petr.id } }), "to Petr");
    await expect(make(says({ does: { act: "assign", assigneeId: jana.id } }), "to Jana")).rejects.toMatchObject({
      message: expect.stringContaining("would loop"),
    });
    const { id } = await make();
    await saveRule(ctx, jana, { id, version: 1, name: "Renamed", says: says(), on: false });
    await expect(saveRule(ctx, jana, { id, version: 1, name: "Late", says: says(), on: false })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("to who may not make rules", async () => {
    const input = { name: "x", says: says(), on: true };
    await expect(saveRule(ctx, petr, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(dryRunRule(ctx, petr, says())).rejects.toMatchObject({ code: "forbidden" });
    await expect(decideOnSuggestion(ctx, petr, { id: ctx.uuid(), approve: false })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

test("a dry run over 30 days says what would have been done and how it ended without the rule, and writes nothing", async () => {
  const old = await openException(ctx, "scan_late");
  later(24 * 31);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push((await openException(ctx, "scan_late", { cause: i < 3 ? "a" : "b" })).id);
  await resolveExceptions(ctx, petr, { target: { ids: [ids[0] ?? ""] }, reason: "called them" });
  later(3);
  await ctx.sql`update exception set state = 'resolved', resolved_at = ${ctx.now()} where id = ${ids[1] ?? ""}`;
  const run = await dryRunRule(ctx, jana, says({ given: { olderThanMinutes: 60 } }));
  expect(run).toMatchObject({
    looked: 4,
    act: 3,
    clearedBefore: 1,
    byPerson: 0,
    byThemselves: 1,
    standing: 2,
    capped: false,
  });
  expect(run.groups.map((group) => group.count)).toEqual([2, 1]);
  expect(run.examples.map((one) => one.id)).not.toContain(old.id);
  expect(await ctx.sql`select 1 from automation_act`).toHaveLength(0);
});

describe("what people did the same way", () => {
  async function closeMany(count: number, reason: (i: number) => string) {
    for (let i = 0; i < count; i++) {
      const { id } = await openException(ctx, "scan_late");
      await resolveExceptions(ctx, i % 2 ? petr : jana, { target: { ids: [id] }, reason: reason(i) });
    }
  }

  test("is suggested once, approved into a rule that works, and both are audited", async () => {
    await closeMany(LEARN_TIMES, (i) => (i % 3 ? "No harm, nothing to do" : "no harm,  nothing to do."));
    expect(await learnRules(ctx)).toBe(1);
    expect(await learnRules(ctx)).toBe(0);
    const [suggestion] = await listSuggestions(ctx.sql, 10);
    expect(suggestion).toMatchObject({ times: 12, people: 2, share: 100, state: "open" });
    const late = (await openException(ctx, "scan_late")).id;
    expect(await actByRules(ctx, new Map())).toBe(0);
    await decideOnSuggestion(ctx, jana, { id: suggestion?.id ?? "", approve: true, name: "No harm" });
    await expect(decideOnSuggestion(ctx, jana, { id: suggestion?.id ?? "", approve: false })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await actByRules(ctx, new Map())).toBe(1);
    expect(await stateOf(late)).toBe("resolved");
    const audits = await ctx.sql`select action from audit where action like 'automation.%' order by at, id`;
    expect(audits.map((row) => row.action)).toEqual(["automation.learn", "automation.save", "automation.approve"]);
    expect(await listSuggestions(ctx.sql, 10)).toEqual([]);
  }, 20_000);

  test("is not suggested where answers differ, and a dismissed one does not come again", async () => {
    await closeMany(8, (i) => `answer ${i}`);
    expect(await learnRules(ctx)).toBe(0);
    await closeMany(LEARN_TIMES * 9, () => "no harm");
    expect(await learnRules(ctx)).toBe(1);
    const [suggestion] = await listSuggestions(ctx.sql, 10);
    await decideOnSuggestion(ctx, jana, { id: suggestion?.id ?? "", approve: false });
    expect(await learnRules(ctx)).toBe(0);
    expect(await listSuggestions(ctx.sql, 10)).toEqual([]);
  }, 20_000);
});

describe("what a rule did", () => {
  test("is taken back, one or all: it stands as before, the rule leaves it alone, and the run says what it put back", async () => {
    const ids = [];
    for (let i = 0; i < 4; i++) ids.push((await openException(ctx, "scan_late")).id);
    const { id } = await make();
    await actByRules(ctx, new Map());
    const [one = ""] = ids;
    const first = await undoRuleActs(ctx, petr, { id, exceptionIds: [one] });
    expect(first).toMatchObject({ total: 1, done: { changed: 1, conflict: 0 } });
    expect(await stateOf(one)).toBe("open");
    await reopenExceptions(ctx, petr, { target: { ids: ids.slice(1, 2) }, reason: "not so" });
    const rest = await undoRuleActs(ctx, petr, { id });
    expect(rest).toMatchObject({ total: 3, done: { changed: 2, conflict: 1 } });
    for (const each of ids) expect(await stateOf(each)).toBe("open");
    expect(await actByRules(ctx, new Map())).toBe(0);
    await expect(undoRuleActs(ctx, petr, { id })).rejects.toThrow("Nothing of it is left");
    const items = await ctx.sql`select result from run_item where run_id = ${rest.id} order by result`;
    expect(items.map((item) => item.result)).toEqual(["changed", "changed", "conflict"]);
    const [group] = await ctx.sql`select sum(opened - closed)::int as open from exception_group_count`;
    expect(group?.open).toBe(4);
  });

  test("is not taken back by who may not, and comments stay", async () => {
    await openException(ctx, "scan_late");
    const { id } = await make(says({ does: { act: "comment", text: "known" } }));
    await actByRules(ctx, new Map());
    await expect(undoRuleActs(ctx, petr, { id })).rejects.toThrow("cannot be taken back");
    const eve = await insertActor(ctx.sql, "executive");
    await expect(undoRuleActs(ctx, eve, { id })).rejects.toThrow("You need the right");
  });
});

test("rules are worked in the order that was set; an order of another list is a conflict", async () => {
  const late = (await openException(ctx, "scan_late")).id;
  const a = await make(says({ does: { act: "resolve", reason: "no harm" } }), "A");
  const b = await make(says({ does: { act: "comment", text: "seen first" } }), "B");
  expect((await listRules(ctx.sql)).map((rule) => rule.name)).toEqual(["A", "B"]);
  await orderRules(ctx, jana, { ids: [b.id, a.id] });
  expect((await listRules(ctx.sql)).map((rule) => rule.name)).toEqual(["B", "A"]);
  await actByRules(ctx, new Map());
  const done =
    await ctx.sql`select count(*)::int as n from automation_act where exception_id = ${late} and result = 'done'`;
  expect(done[0]?.n).toBe(2);
  await expect(orderRules(ctx, jana, { ids: [b.id] })).rejects.toThrow("meanwhile");
  await expect(orderRules(ctx, petr, { ids: [a.id, b.id] })).rejects.toThrow("automation:manage");
});
