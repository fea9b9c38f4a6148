import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exceptionFilter } from "@/core/exceptions/filter";
import { ownerCondition } from "@/core/exceptions/owner-rules";
import type { Json } from "@/core/shipments/attributes";
import { listExceptionGroups } from "@/db/queries/exception-groups";
import { countExceptions, findException, listExceptions } from "@/db/queries/exceptions";
import { insertPerson } from "@/db/queries/people";
import { closeExceptions } from "@/db/queries/pipeline/save-judged";
import { saveSetting } from "@/db/queries/settings";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertConnection } from "@/db/testing/rows";
import type { Actor } from "../access/actor";
import { watchCauses } from "../alerts/watch-causes";
import { changeSetting } from "../settings/change";
import { type TestContext, testContext } from "../testing/context";
import { makeShipment, openException } from "../testing/open-exception";
import { assignExceptions } from "./assign";
import { giveToOwners, tryOwners } from "./owners";
import { reopenExceptions } from "./reopen";
import { resolveExceptions } from "./resolve";
import { snoozeExceptions } from "./snooze";
import { snoozeCause, wakeCause } from "./snooze-cause";
import { wakeExceptions } from "./wake";
import { endWindow, planWindow, readWindows } from "./windows";

let database: TestDatabase;
let ctx: TestContext;
let petr: Extract<Actor, { kind: "person" }>;
const START = new Date("2026-11-20T10:00:00Z");

beforeAll(async () => {
  database = await testDatabase("out_of_sight");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, START);
  await ctx.sql`truncate exception, exception_group, exception_group_count, exception_note, exception_snooze, quiet_window, shipment, person, audit, feed,
    setting, alert_group, alert_clock, notification cascade`;
  const id = ctx.uuid();
  const row = { id, email: "p@example.test", name: "Petr", role: "logistics" as const, state: "active" as const };
  await insertPerson(ctx.sql, { ...row, passwordHash: null, createdAt: START });
  petr = { kind: "person", id, name: "Petr", role: "logistics" };
});

const later = (minutes: number) => {
  ctx.clock.at = new Date(ctx.clock.at.getTime() + minutes * 60_000);
};
const one = (id: string) => ({ target: { ids: [id] } });
const found = async (id: string) => {
  const row = await findException(ctx.sql, id);
  if (!row) throw new Error("not there");
  return row;
};
const stateOf = async (id: string) => (await found(id)).state;
const groups = async (over = {}) =>
  (
    await listExceptionGroups(ctx.sql, exceptionFilter.parse(over), {
      me: null,
      now: ctx.now(),
      limit: 50,
      after: null,
    })
  ).rows;
const listed = async (over = {}) =>
  (
    await listExceptions(ctx.sql, exceptionFilter.parse(over), { me: null, now: ctx.now(), limit: 50, after: null })
  ).rows.map((row) => row.id);

describe("a cause that comes back", () => {
  test("is regressed once people resolved all of it, and says who did and when", async () => {
    const [a, b] = [await openException(ctx, "unmapped_code"), await openException(ctx, "unmapped_code")];
    await resolveExceptions(ctx, petr, { ...one(a.id), reason: "first half" });
    await openException(ctx, "unmapped_code");
    expect((await groups())[0]).toMatchObject({ regressed: false, settledAt: null });
    later(5);
    await resolveExceptions(ctx, petr, {
      target: { filter: exceptionFilter.parse({}), except: [] },
      reason: "the rest",
    });
    expect(b.groupId).toBe(a.groupId);
    const settledAt = ctx.now();
    later(60);
    const again = await openException(ctx, "unmapped_code");
    expect((await groups({ regressed: true }))[0]).toMatchObject({ regressed: true, settledAt, settledByName: "Petr" });
    expect(await listed({ regressed: true })).toEqual([again.id]);
    const cells = await countExceptions(ctx.sql, { group: null, shipment: null, resolved: false, now: ctx.now() });
    expect(cells.map((cell) => [cell.regressed, cell.count])).toEqual([[true, 1]]);
    await resolveExceptions(ctx, petr, { ...one(again.id), reason: "once more" });
    expect((await groups({ state: ["resolved"] }))[0]).toMatchObject({ regressed: false });
  });

  test("is not regressed where it cleared by itself, and is where mending closed it", async () => {
    const late = await openException(ctx, "scan_late");
    const code = await openException(ctx, "unmapped_code");
    const close = [late, code].map((e) => ({ homeId: e.shipmentId, id: e.id, noteId: ctx.uuid(), why: "gone" }));
    await closeExceptions(ctx.sql, close, 1, ctx.now());
    await openException(ctx, "scan_late");
    await openException(ctx, "unmapped_code");
    expect((await groups()).map((g) => [g.kind, g.regressed]).sort()).toEqual([
      ["scan_late", false],
      ["unmapped_code", true],
    ]);
  });

  test("is not regressed when the resolution was taken back", async () => {
    const { id } = await openException(ctx, "unmapped_code");
    await resolveExceptions(ctx, petr, { ...one(id), reason: "too early" });
    await reopenExceptions(ctx, petr, { ...one(id), reason: "" });
    await openException(ctx, "unmapped_code");
    expect((await groups())[0]).toMatchObject({ regressed: false, open: 2 });
  });

  test("of two people who resolve the last two at once the cause is settled all the same", async () => {
    const both = [await openException(ctx, "unmapped_code"), await openException(ctx, "unmapped_code")];
    await Promise.all(both.map((e) => resolveExceptions(ctx, petr, { ...one(e.id), reason: "settled" })));
    const [row] = await ctx.sql`select settled_at as at, settled_by as by from exception_group`;
    expect(row).toMatchObject({ at: ctx.now(), by: petr.id });
  });
});

describe("snooze", () => {
  test("until two more come: the second wakes it, and the list counts down", async () => {
    const { id } = await openException(ctx, "unmapped_code");
    await snoozeExceptions(ctx, petr, { ...one(id), choice: { mode: "more", more: 2 } });
    expect(await found(id)).toMatchObject({ state: "snoozed", wakesAfter: 2, wakesEscalating: false });
    await openException(ctx, "unmapped_code");
    await wakeExceptions(ctx);
    expect(await found(id)).toMatchObject({ state: "snoozed", wakesAfter: 1 });
    await openException(ctx, "unmapped_code");
    await wakeExceptions(ctx);
    expect(await found(id)).toMatchObject({ state: "open", wakesAfter: null });
  });

  test("until it escalates: the usual rate does not wake it, a spike does", async () => {
    const { id } = await openException(ctx, "unmapped_code");
    await snoozeExceptions(ctx, petr, { ...one(id), choice: { mode: "escalating" } });
    later(120);
    for (let i = 0; i < 4; i++) await openException(ctx, "unmapped_code");
    await wakeExceptions(ctx);
    expect(await stateOf(id)).toBe("snoozed");
    await openException(ctx, "unmapped_code");
    await wakeExceptions(ctx);
    expect(await stateOf(id)).toBe("open");
  });

  test("a whole cause takes what still comes with it, and wakes with its number", async () => {
    const first = await openException(ctx, "unmapped_code");
    const other = await openException(ctx, "delivery_late");
    expect(await snoozeCause(ctx, petr, { groupId: first.groupId, choice: { mode: "more", more: 3 } })).toEqual({
      changed: 1,
    });
    const second = await openException(ctx, "unmapped_code");
    expect([await stateOf(first.id), await stateOf(second.id), await stateOf(other.id)]).toEqual([
      "snoozed",
      "snoozed",
      "open",
    ]);
    expect((await groups({ state: ["snoozed"] }))[0]?.snooze).toMatchObject({ mode: "more", left: 2 });
    await openException(ctx, "unmapped_code");
    await wakeExceptions(ctx);
    expect(await stateOf(first.id)).toBe("snoozed");
    const last = await openException(ctx, "unmapped_code");
    await wakeExceptions(ctx);
    expect([await stateOf(first.id), await stateOf(second.id), await stateOf(last.id)]).toEqual([
      "open",
      "open",
      "open",
    ]);
    const [audit] = await ctx.sql`select reason from audit where action = 'exceptions.wake_cause'`;
    expect(audit?.reason).toBe("3 more came");
  });

  test("a cause is woken by a person with all of it; a second one is told that it is awake", async () => {
    const { id, groupId } = await openException(ctx, "unmapped_code");
    await snoozeCause(ctx, petr, { groupId, choice: { mode: "until", until: new Date("2026-11-21T10:00:00Z") } });
    expect(await found(id)).toMatchObject({ withCause: true, snoozedUntil: new Date("2026-11-21T10:00:00Z") });
    expect(await wakeCause(ctx, petr, { groupId })).toEqual({ changed: 1 });
    expect(await stateOf(id)).toBe("open");
    await expect(wakeCause(ctx, petr, { groupId })).rejects.toMatchObject({ code: "conflict" });
  });

  test("what somebody opens again out of a cause that is put away stays open", async () => {
    const { id, groupId } = await openException(ctx, "unmapped_code");
    await snoozeCause(ctx, petr, { groupId, choice: { mode: "escalating" } });
    later(1);
    await reopenExceptions(ctx, petr, { ...one(id), reason: "" });
    await wakeExceptions(ctx);
    expect(await stateOf(id)).toBe("open");
  });

  test("a person without the right is refused, and so is a time that has passed", async () => {
    const { groupId } = await openException(ctx, "unmapped_code");
    const executive: Actor = { ...petr, role: "executive" };
    const choice = { mode: "escalating" as const };
    await expect(snoozeCause(ctx, executive, { groupId, choice })).rejects.toMatchObject({ code: "forbidden" });
    const past = { mode: "until" as const, until: START };
    await expect(snoozeCause(ctx, petr, { groupId, choice: past })).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("quiet windows", () => {
  const plan = (over = {}) => ({
    feedId: null,
    carrier: null,
    kind: null,
    fromAt: ctx.now(),
    toAt: new Date(ctx.now().getTime() + 3_600_000),
    reason: "carrier works on its scanners",
    origin: "planned" as const,
    ...over,
  });
  const shipmentOf = async (carrier: string) => {
    const id = await makeShipment(ctx);
    await ctx.sql`update shipment set carrier = ${carrier}, state = ${ctx.sql.json({ attributes: { carrier: { value: carrier } } })} where shipment_id = ${id}`;
    return id;
  };

  test("of a carrier suppress what stands and what comes of it, tell nobody, and give it back at the end", async () => {
    await watchCauses(ctx);
    const dhl = await openException(ctx, "scan_late", { shipmentId: await shipmentOf("DHL"), cause: "dhl" });
    const ups = await openException(ctx, "scan_late", { shipmentId: await shipmentOf("UPS"), cause: "ups" });
    const { id: windowId } = await planWindow(ctx, petr, plan({ carrier: "dhl" }));
    await wakeExceptions(ctx);
    const during = await openException(ctx, "scan_late", { shipmentId: await shipmentOf("DHL"), cause: "dhl" });
    expect([await stateOf(dhl.id), await stateOf(during.id), await stateOf(ups.id)]).toEqual([
      "suppressed",
      "suppressed",
      "open",
    ]);
    expect(await listed()).toEqual([ups.id]);
    expect((await listed({ state: ["suppressed"] })).sort()).toEqual([dhl.id, during.id].sort());
    expect((await groups({ state: ["suppressed"] })).map((g) => [g.state, g.open])).toEqual([["suppressed", 0]]);
    for (let i = 0; i < 3; i++) {
      later(2);
      await watchCauses(ctx);
    }
    const told = async () => (await ctx.sql<{ href: string }[]>`select href from notification`).map((n) => n.href);
    expect((await told()).filter((href) => href.includes(dhl.groupId))).toEqual([]);
    expect((await readWindows(ctx, petr)).windows).toMatchObject([{ id: windowId, state: "running", held: 2 }]);
    later(60);
    await wakeExceptions(ctx);
    expect([await stateOf(dhl.id), await stateOf(during.id)]).toEqual(["open", "open"]);
    expect((await found(during.id)).dueAt.getTime()).toBeGreaterThan(ctx.now().getTime());
    for (let i = 0; i < 3; i++) {
      later(2);
      await watchCauses(ctx);
    }
    expect((await told()).some((href) => href.includes(dhl.groupId))).toBe(true);
    const after = await openException(ctx, "scan_late", { shipmentId: await shipmentOf("DHL"), cause: "dhl" });
    expect(await stateOf(after.id)).toBe("open");
  });

  test("what clears meanwhile is resolved and does not come back", async () => {
    await planWindow(ctx, petr, plan({ kind: "scan_late" }));
    const e = await openException(ctx, "scan_late");
    await closeExceptions(
      ctx.sql,
      [{ homeId: e.shipmentId, id: e.id, noteId: ctx.uuid(), why: "scanned" }],
      1,
      ctx.now(),
    );
    later(61);
    await wakeExceptions(ctx);
    expect(await stateOf(e.id)).toBe("resolved");
    expect((await readWindows(ctx, petr)).windows[0]).toMatchObject({ state: "over", held: 0 });
  });

  test("over everything leave trouble of our own and lost goods alone, and end when somebody says so", async () => {
    const { id } = await planWindow(ctx, petr, plan());
    const late = await openException(ctx, "scan_late");
    const lost = await openException(ctx, "lost");
    expect([await stateOf(late.id), await stateOf(lost.id)]).toEqual(["suppressed", "open"]);
    await endWindow(ctx, petr, { id });
    await wakeExceptions(ctx);
    expect(await stateOf(late.id)).toBe("open");
    await expect(endWindow(ctx, petr, { id })).rejects.toMatchObject({ code: "conflict" });
  });

  test("that overlap hand over what the first one held", async () => {
    await planWindow(ctx, petr, plan({ kind: "scan_late" }));
    await planWindow(ctx, petr, plan({ toAt: new Date(ctx.now().getTime() + 7_200_000) }));
    const e = await openException(ctx, "scan_late");
    later(61);
    await wakeExceptions(ctx);
    expect(await stateOf(e.id)).toBe("suppressed");
    later(61);
    await wakeExceptions(ctx);
    expect(await stateOf(e.id)).toBe("open");
  });

  test("are refused without the right, and when they have ended", async () => {
    const support: Actor = { ...petr, role: "support" };
    await expect(planWindow(ctx, support, plan())).rejects.toMatchObject({ code: "forbidden" });
    const past = plan({ fromAt: new Date(0), toAt: new Date(1000) });
    await expect(planWindow(ctx, petr, past)).rejects.toMatchObject({ code: "invalid" });
  });

  test("are proposed where a cause explodes, and not where one runs", async () => {
    const shipmentId = await shipmentOf("DHL");
    for (let i = 0; i < 20; i++) await openException(ctx, "scan_late", { shipmentId, subject: `package:${i}` });
    await ctx.sql`insert into feed (id, slug, name, adapter, class, way_in, verify) overriding system value values (7, 'dhl', 'DHL feed', 'csv', 'carrier', 'push', 'none')`;
    await ctx.sql`update exception_group set feed_id = 7`;
    expect((await readWindows(ctx, petr)).proposals).toMatchObject([{ feedId: 7, name: "DHL feed" }]);
    await planWindow(ctx, petr, plan({ feedId: 7, origin: "outage" }));
    expect((await readWindows(ctx, petr)).proposals).toEqual([]);
  });
});

describe("owners and the order of work", () => {
  test("the first rule that fits gives a new exception to its owner; a choice of a person stands", async () => {
    const team = ctx.uuid();
    const when = { kind: [], severity: [], feed: [], carrier: [], warehouse: [], company: [], customer: [] };
    const value: Json = {
      teams: [{ id: team, name: "Customs", people: [petr.id] }],
      rules: [
        { when: { ...when, kind: ["customs_hold"] }, to: { team } },
        { when: { ...when, severity: ["high"] }, to: { person: petr.id } },
      ],
    };
    await saveSetting(ctx.sql, { name: "owners", value, updatedBy: null, updatedAt: START });
    const customs = await openException(ctx, "customs_hold");
    const late = await openException(ctx, "delivery_late");
    const code = await openException(ctx, "unmapped_code");
    expect(await found(customs.id)).toMatchObject({ teamId: team, assigneeId: null, ownerChosen: false });
    expect(await found(late.id)).toMatchObject({ teamId: null, assigneeId: petr.id });
    expect(await found(code.id)).toMatchObject({ teamId: null, assigneeId: null });
    expect(await listed({ owner: [team] })).toEqual([customs.id]);
    expect(await listed({ owner: ["nobody"] })).toEqual([code.id]);
    await assignExceptions(ctx, petr, { ...one(late.id), assigneeId: null });
    expect(await found(late.id)).toMatchObject({ assigneeId: null, ownerChosen: true });
  });

  test("a dry run counts what each rule would own, and giving does exactly that, but for what a person decided", async () => {
    const shipment = async (carrier: string) => {
      const id = await makeShipment(ctx);
      await ctx.sql`update shipment set carrier = ${carrier} where shipment_id = ${id}`;
      return id;
    };
    const dhl = await openException(ctx, "scan_late", { shipmentId: await shipment("DHL") });
    const mine = await openException(ctx, "scan_late", { shipmentId: await shipment("DHL") });
    const held = await openException(ctx, "held", { shipmentId: await shipment("UPS") });
    const other = await openException(ctx, "unmapped_code");
    await assignExceptions(ctx, petr, { ...one(mine.id), assigneeId: petr.id });
    await assignExceptions(ctx, petr, { ...one(mine.id), assigneeId: null });
    const team = ctx.uuid();
    const rules = [
      { when: ownerCondition.parse({ carrier: ["dhl"] }), to: { team } },
      { when: ownerCondition.parse({ kind: ["held", "scan_late"] }), to: { person: petr.id } },
    ];
    const administrator: Actor = { ...petr, role: "administrator" };
    expect(await tryOwners(ctx, administrator, { rules })).toEqual({
      rules: [
        { owns: 1, kept: 1 },
        { owns: 1, kept: 0 },
      ],
      unowned: 1,
      refusals: [],
    });
    expect([await found(dhl.id), await found(held.id)]).toMatchObject([{ teamId: null }, { assigneeId: null }]);
    const value: Json = JSON.parse(JSON.stringify({ teams: [{ id: team, name: "DHL desk", people: [] }], rules }));
    await saveSetting(ctx.sql, { name: "owners", value, updatedBy: null, updatedAt: START });
    expect(await giveToOwners(ctx, administrator)).toEqual({ changed: 2, more: false });
    expect(await giveToOwners(ctx, administrator)).toEqual({ changed: 0, more: false });
    expect([await found(dhl.id), await found(held.id), await found(mine.id), await found(other.id)]).toMatchObject([
      { teamId: team, assigneeId: null },
      { teamId: null, assigneeId: petr.id },
      { teamId: null, assigneeId: null },
      { teamId: null, assigneeId: null },
    ]);
    await expect(giveToOwners(ctx, petr)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("each connection has an owner team: by the posting, by the shipment, by where it is to go, and by the feed", async () => {
    const first = await insertConnection(ctx.sql, { name: "north" });
    const second = await insertConnection(ctx.sql, { name: "south", url: "http://127.0.0.1:10" });
    const [north, south] = [ctx.uuid(), ctx.uuid()];
    await ctx.sql`insert into feed (id, slug, name, adapter, class, way_in, verify, connection_id) overriding system value
      values (41, 'odoo-south', 'Odoo south', 'odoo', 'odoo', 'poll', 'none', ${second})`;
    const linked = await makeShipment(ctx);
    await ctx.sql`update shipment set connection_id = ${first} where shipment_id = ${linked}`;
    const routed = await makeShipment(ctx);
    await ctx.sql`update shipment set route = ${ctx.sql.json({ by: "rule", connectionId: second })} where shipment_id = ${routed}`;
    const before = await openException(ctx, "held", { shipmentId: linked });
    const chosen = await openException(ctx, "damaged", { shipmentId: linked });
    await assignExceptions(ctx, petr, { ...one(chosen.id), assigneeId: petr.id });
    const rules = [
      { when: ownerCondition.parse({ connection: [first] }), to: { team: north } },
      { when: ownerCondition.parse({ connection: [second] }), to: { team: south } },
    ];
    const teams = [
      { id: north, name: "North", people: [petr.id] },
      { id: south, name: "South", people: [] },
    ];
    const value: Json = JSON.parse(JSON.stringify({ teams, rules }));
    await saveSetting(ctx.sql, { name: "owners", value, updatedBy: null, updatedAt: START });

    const late = await openException(ctx, "scan_late", { shipmentId: linked });
    const wrong = await openException(ctx, "damaged", { shipmentId: routed });
    const silent = await openException(ctx, "unmapped_code", { feedId: 41 });
    const refused = await openException(ctx, "posting_rejected", { shipmentId: linked, connectionId: second });
    const nobodys = await openException(ctx, "customs_hold");
    const teamsOf = async () =>
      Promise.all(
        [late, wrong, silent, refused, nobodys, before, chosen].map(
          async ({ id }) => (await found(id))?.teamId ?? null,
        ),
      );
    expect(await teamsOf()).toEqual([north, south, south, south, null, null, null]);

    const administrator: Actor = { ...petr, role: "administrator" };
    expect(await tryOwners(ctx, administrator, { rules })).toMatchObject({
      rules: [
        { owns: 2, kept: 1 },
        { owns: 3, kept: 0 },
      ],
      unowned: 1,
    });
    expect(await giveToOwners(ctx, administrator)).toEqual({ changed: 1, more: false });
    expect(await teamsOf()).toEqual([north, south, south, south, null, north, null]);
    expect(await found(chosen.id)).toMatchObject({ assigneeId: petr.id, ownerChosen: true });
  });

  test("rules that match everything cannot be stored", async () => {
    const administrator: Actor = { ...petr, role: "administrator" };
    const value = { teams: [], rules: [{ when: {}, to: { person: petr.id } }] };
    await expect(changeSetting(ctx, administrator, { name: "owners", value })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("matches everything"),
    });
  });

  test("a large sum lifts an exception, more money is worked before less, and an unknown value is never made up", async () => {
    const worth = async (amountMinor: number | null) => {
      const id = await makeShipment(ctx);
      const state =
        amountMinor === null ? {} : { attributes: { order_value: { value: { amountMinor, currency: "EUR" } } } };
      await ctx.sql`update shipment set state = ${ctx.sql.json(state)} where shipment_id = ${id}`;
      return id;
    };
    const unknown = await openException(ctx, "delivery_late", { shipmentId: await worth(null) });
    later(5);
    const small = await openException(ctx, "delivery_late", { shipmentId: await worth(300_000) });
    const large = await openException(ctx, "delivery_late", { shipmentId: await worth(3_000_000) });
    const lifted = await openException(ctx, "scan_late", { shipmentId: await worth(5_000_000) });
    // hours from now: 1 - 2 log2(60), 1 - 2 log2(6), 8 - 2 log2(50), and the response time of 1 h alone
    expect(await listed()).toEqual([large.id, small.id, lifted.id, unknown.id]);
    expect(await found(unknown.id)).toMatchObject({ stakeMinor: null, riskMinor: null, currency: null });
    expect(await found(large.id)).toMatchObject({
      stakeMinor: 3_000_000,
      riskMinor: 600_000,
      currency: "EUR",
      workRank: 1,
    });
    expect(await found(lifted.id)).toMatchObject({ severity: "medium", workRank: 1 });
    expect((await groups({ kind: ["delivery_late"] }))[0]?.risk).toEqual([{ currency: "EUR", riskMinor: 660_000 }]);
  });
});
