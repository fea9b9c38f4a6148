import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CLASS_RANK, type PostingClass } from "@/core/postings/policy";
import type { PostingTiming } from "@/core/postings/timing";
import { findConnection } from "@/db/queries/odoo";
import { workingConnections } from "@/db/queries/odoo-work";
import { findToSend } from "@/db/queries/outbox";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { passGate } from "../postings/gate";
import { type TestContext, testContext } from "../testing/context";
import { openKindNow } from "./open-now";
import { getConnection } from "./overview";
import { pauseConnection } from "./pause";
import { pauseClass } from "./pause-class";
import { resumeConnection } from "./resume";
import { resumeClass } from "./resume-class";
import { setKindPolicy } from "./set-policy";

let database: TestDatabase;
let ctx: TestContext;
let admin: PersonActor;
let support: PersonActor;
let id = 0;
let n = 0;

beforeAll(async () => {
  database = await testDatabase("policy");
  admin = await insertActor(database.sql, "administrator");
  support = await insertActor(database.sql, "support");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-28T12:00:00Z"));
  id = await insertConnection(database.sql, { name: `odoo ${n++}`, observing: false });
});

const night: PostingTiming = {
  mode: "windows",
  zone: "UTC",
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "18:00", to: "06:00" }],
  holidays: [],
};
const kind = "status_note" as const;

async function setPolicy(timing: PostingTiming, as: PostingClass = "bulk", actor = admin) {
  const { updatedAt } = (await findConnection(database.sql, id)) ?? {};
  return setKindPolicy(ctx, actor, { id, kind, policy: { class: as, timing }, seen: updatedAt as Date });
}
async function add(
  some: { kind?: string; state?: string; heldBecause?: string; recordId?: number; urgency?: number } = {},
) {
  const row = await insertPosting(database.sql, {
    kind,
    connectionId: id,
    recordId: 1_000 + n++,
    updatedAt: ctx.now(),
    ...some,
  });
  if (some.urgency !== undefined) await database.sql`update posting set urgency = ${some.urgency} where id = ${row.id}`;
  return row;
}
async function standingOf(posting: { id: string }) {
  const [row] = await database.sql`select state, held_because, due_at from posting where id = ${posting.id}`;
  return [row?.state, row?.held_because, row?.state === "held" ? row.due_at.toISOString() : null];
}
async function gate() {
  const connection = (await workingConnections(database.sql)).find((one) => one.id === id);
  if (!connection) throw new Error("no connection");
  return passGate(ctx, connection, new Map());
}
const go = (at: string) => {
  ctx.clock.at = new Date(at);
};

describe("a posting window from 18:00 to 06:00", () => {
  test("holds what waits and what comes, says when it opens, lets go then, and holds again when it closes", async () => {
    const before = await add();
    expect(await setPolicy(night)).toEqual({ released: 0, held: 1 });
    const later = await add();
    await gate();
    for (const one of [before, later])
      expect(await standingOf(one)).toEqual(["held", "window", "2026-11-28T18:00:00.000Z"]);
    const [shown] = (await getConnection(ctx, id)).kinds.filter((one) => one.kind === kind);
    expect(shown).toMatchObject({
      hold: { because: "window", untilMs: Date.parse("2026-11-28T18:00:00Z") },
      waiting: 2,
    });
    go("2026-11-28T17:59:59Z");
    expect((await gate()).kinds).not.toContain(kind);
    expect((await standingOf(before))[0]).toBe("held");
    go("2026-11-28T18:00:00Z");
    expect((await gate()).kinds).toContain(kind);
    for (const one of [before, later]) expect(await standingOf(one)).toEqual(["planned", null, null]);
    go("2026-11-29T06:00:00Z");
    await gate();
    expect(await standingOf(later)).toEqual(["held", "window", "2026-11-29T18:00:00.000Z"]);
  });

  test("missed while no sender ran is waited for again, never posted outside", async () => {
    const one = await add();
    await setPolicy(night);
    go("2026-11-29T09:00:00Z");
    expect((await gate()).kinds).not.toContain(kind);
    expect(await standingOf(one)).toEqual(["held", "window", "2026-11-29T18:00:00.000Z"]);
  });

  test("is opened by a person for a while, and closes by itself", async () => {
    const one = await add();
    await setPolicy(night);
    await expect(
      openKindNow(ctx, await insertActor(database.sql, "executive"), { id, kind, minutes: 30 }),
    ).rejects.toMatchObject({ code: "forbidden" });
    expect(await openKindNow(ctx, support, { id, kind, minutes: 30 })).toEqual({ released: 1, held: 0 });
    expect((await standingOf(one))[0]).toBe("planned");
    await expect(openKindNow(ctx, support, { id, kind, minutes: 30 })).rejects.toMatchObject({ code: "precondition" });
    go("2026-11-28T12:30:00Z");
    await gate();
    expect((await standingOf(one))[0]).toBe("held");
  });
});

describe("a changed policy", () => {
  test("decides anew about what waits, keeps other reasons to wait, and is audited with before and after", async () => {
    const waiting = await add();
    const off = await add({ state: "held", heldBecause: "kind_off" });
    await setPolicy(night);
    go("2026-11-28T12:05:00Z");
    await setPolicy({ mode: "interval", minutes: 30 });
    expect(await standingOf(waiting)).toEqual(["held", "interval", "2026-11-28T12:30:00.000Z"]);
    go("2026-11-28T12:06:00Z");
    expect(await setPolicy({ mode: "real_time" }, "normal")).toEqual({ released: 1, held: 0 });
    expect(await standingOf(waiting)).toEqual(["planned", null, null]);
    expect((await standingOf(off)).slice(0, 2)).toEqual(["held", "kind_off"]);
    const [row] = await database.sql`select urgency from posting where id = ${waiting.id}`;
    expect(row?.urgency).toBe(CLASS_RANK.normal);
    const audits =
      await database.sql`select before, after from audit where subject = ${`connection:${id}`} and action = 'odoo.set_policy' order by id`;
    expect(audits.map((audit) => [audit.before.timing.mode, audit.after.timing.mode])).toEqual([
      ["real_time", "windows"],
      ["windows", "interval"],
      ["interval", "real_time"],
    ]);
  });

  test("is refused to who may not, and over somebody else's change", async () => {
    await expect(setPolicy(night, "bulk", support)).rejects.toMatchObject({ code: "forbidden" });
    const stale = (await findConnection(database.sql, id))?.updatedAt as Date;
    go("2026-11-28T12:01:00Z");
    await setPolicy(night);
    const again = { id, kind, policy: { class: "bulk" as const, timing: night }, seen: stale };
    await expect(setKindPolicy(ctx, admin, again)).rejects.toMatchObject({ code: "conflict" });
  });

  test("to a batch every n minutes gathers what comes and lets it go together", async () => {
    await setPolicy({ mode: "interval", minutes: 15 });
    const [row] = await database.sql`select policies from odoo_connection where id = ${id}`;
    expect(row?.policies[kind].timing).toEqual({ mode: "interval", minutes: 15 });
    const gathered = await add({ state: "held", heldBecause: "interval" });
    await database.sql`update posting set due_at = '2026-11-28T12:15:00Z' where id = ${gathered.id}`;
    go("2026-11-28T12:14:59Z");
    await gate();
    expect((await standingOf(gathered))[0]).toBe("held");
    go("2026-11-28T12:15:00Z");
    await gate();
    expect((await standingOf(gathered))[0]).toBe("planned");
  });
});

describe("a class", () => {
  test("that is paused waits with its count, and the others go on as if nothing was", async () => {
    const note = await add({ urgency: 2 });
    const number = await add({ kind: "tracking_number", urgency: 0 });
    await expect(pauseClass(ctx, support, { id, class: "bulk" })).rejects.toMatchObject({ code: "forbidden" });
    expect(await pauseClass(ctx, admin, { id, class: "bulk" })).toEqual({ released: 0, held: 1 });
    await expect(pauseClass(ctx, admin, { id, class: "bulk" })).rejects.toMatchObject({ code: "conflict" });
    expect((await standingOf(note)).slice(0, 2)).toEqual(["held", "paused"]);
    const { kinds } = await gate();
    expect((await findToSend(database.sql, id, kinds, [10, 10, 10], ctx.now())).map((one) => one.key)).toEqual([
      number.key,
    ]);
    const { classes } = await getConnection(ctx, id);
    expect(classes.map((one) => [one.class, one.paused, one.due, one.held])).toEqual([
      ["urgent", false, 1, 0],
      ["normal", false, 0, 0],
      ["bulk", true, 0, 1],
    ]);
    await expect(resumeClass(ctx, support, { id, class: "bulk" })).rejects.toMatchObject({ code: "forbidden" });
    expect(await resumeClass(ctx, admin, { id, class: "bulk" })).toEqual({ released: 1, held: 0 });
    expect((await standingOf(note))[0]).toBe("planned");
  });

  test("goes by the urgent first, record by record in order, with urgency inherited by what stands before on the record", async () => {
    const bulk = [];
    for (let i = 0; i < 30; i++) bulk.push(await add({ urgency: 2, recordId: 5_000 + i }));
    const first = await add({ urgency: 2, recordId: 6_000 });
    await database.sql`update posting set sequence = 5 where id = ${first.id}`;
    await add({ kind: "tracking_number", urgency: 0, recordId: 6_000 });
    const lone = await add({ kind: "tracking_number", urgency: 0, recordId: 6_001 });
    const { kinds } = await gate();
    const found = await findToSend(database.sql, id, kinds, [10, 10, 10], ctx.now());
    expect(
      found
        .slice(0, 2)
        .map((one) => one.key)
        .sort(),
    ).toEqual([first.key, lone.key].sort());
    expect(found.slice(0, 2).map((one) => one.urgency)).toEqual([0, 0]);
    // of the ten of bulk one stands on the record that already goes as urgent
    expect(found.length).toBe(11);
    expect(new Set(found.map((one) => one.recordId)).size).toBe(found.length);
  });
});

describe("what waited on purpose", () => {
  const waitedOf = async ({ id: posting }: { id: string }) => {
    const [row] = await database.sql`select waited_ms from posting where id = ${posting}`;
    return Number(row?.waited_ms) / 60_000;
  };

  test("knows how long it was held, over a paused class, a window and a paused connection", async () => {
    const one = await add({ urgency: 2 });
    go("2026-11-28T12:10:00Z");
    await pauseClass(ctx, admin, { id, class: "bulk" });
    go("2026-11-28T13:10:00Z");
    await resumeClass(ctx, admin, { id, class: "bulk" });
    expect(await waitedOf(one)).toBe(60);
    go("2026-11-28T17:00:00Z");
    await setPolicy(night);
    go("2026-11-28T18:00:00Z");
    await gate();
    expect(await waitedOf(one)).toBe(120);
    go("2026-11-28T18:05:00Z");
    const byRule = await add({ state: "held", heldBecause: "degraded" });
    await pauseConnection(ctx, admin, { id });
    expect((await standingOf(one)).slice(0, 2)).toEqual(["held", "paused"]);
    expect((await standingOf(byRule)).slice(0, 2)).toEqual(["held", "degraded"]);
    go("2026-11-28T18:15:00Z");
    await resumeConnection(ctx, admin, { id });
    expect(await waitedOf(one)).toBe(130);
  });

  test("that was planned as held waited from then on", async () => {
    const one = await add({ state: "held", heldBecause: "window" });
    await database.sql`update posting set created_at = ${ctx.now()}, due_at = '2026-11-28T12:30:00Z' where id = ${one.id}`;
    go("2026-11-28T12:30:00Z");
    await gate();
    expect([(await standingOf(one))[0], await waitedOf(one)]).toEqual(["planned", 30]);
  });
});

test("what was planned while a connection was paused goes when it is resumed", async () => {
  await pauseConnection(ctx, admin, { id });
  const meanwhile = await add({ state: "held", heldBecause: "paused" });
  await resumeConnection(ctx, admin, { id });
  expect((await standingOf(meanwhile))[0]).toBe("planned");
});
