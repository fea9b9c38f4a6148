import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BulkAct } from "@/core/exceptions/bulk";
import { exceptionFilter } from "@/core/exceptions/filter";
import { findException, listExceptionNotes } from "@/db/queries/exceptions";
import { countRunItems, findRun, listRunItems } from "@/db/queries/runs";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { OdooClients } from "../odoo/clients";
import type { Worker } from "../pipeline/work";
import { cancelRun } from "../runs/cancel";
import { workRun } from "../runs/execute";
import { exportRun } from "../runs/export";
import { pauseRun } from "../runs/pause";
import { resumeRun } from "../runs/resume";
import { undoRun } from "../runs/undo";
import { type TestContext, testContext } from "../testing/context";
import { makeShipment, openException } from "../testing/open-exception";
import { workRuns } from "../testing/work-runs";
import { acknowledgeExceptions } from "./acknowledge";
import { assignExceptions } from "./assign";
import { bulkExceptions } from "./bulk";
import { resolveExceptions } from "./resolve";

let database: TestDatabase;
let ctx: TestContext;
let petr: PersonActor;
let jana: PersonActor;
let finance: PersonActor;
let executive: PersonActor;
const clients = new OdooClients();
const worker: Worker = { slot: 100, environment: undefined };

beforeAll(async () => {
  database = await testDatabase("bulk");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  await ctx.sql`truncate exception, exception_group, exception_group_count, exception_note, shipment, person, audit, run, run_item cascade`;
  petr = await insertActor(ctx.sql, "support");
  jana = await insertActor(ctx.sql, "logistics");
  finance = await insertActor(ctx.sql, "finance");
  executive = await insertActor(ctx.sql, "executive");
});

/** Works all there is; false where nothing was there to work. */
const work = async () => {
  const any = await workRun(ctx, worker, clients, "w1", new AbortController().signal);
  await workRuns(ctx, worker, clients);
  return any;
};
const late = (filter = {}) => ({ filter: exceptionFilter.parse({ kind: ["delivery_late"], ...filter }), except: [] });
const stateOf = async (id: string) => (await findException(ctx.sql, id))?.state;
const results = async (run: string) =>
  Object.fromEntries((await countRunItems(ctx.sql, run)).map((row) => [row.result, row.count]));

async function many(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await openException(ctx, "delivery_late")).id);
  return ids;
}

describe("all that match", () => {
  test("are acknowledged by a run that counts, writes a note and two audit rows, and leaves others alone", async () => {
    const ids = await many(7);
    const other = (await openException(ctx, "unmapped_code")).id;
    const run = await bulkExceptions(ctx, petr, { target: late(), act: { act: "acknowledge" } });
    expect(run).toMatchObject({ total: 7, done: null });
    expect(await stateOf(ids[0] ?? "")).toBe("open");
    await work();
    expect(await findRun(ctx.sql, run.id)).toMatchObject({
      state: "done",
      total: 7,
      processed: 7,
      changed: 7,
      failed: 0,
    });
    for (const id of ids)
      expect(await findException(ctx.sql, id)).toMatchObject({ state: "acknowledged", acknowledgedByName: petr.name });
    expect(await stateOf(other)).toBe("open");
    const first = await findException(ctx.sql, ids[0] ?? "");
    const notes = await listExceptionNotes(ctx.sql, first?.homeId ?? "", ids[0] ?? "");
    expect(notes.map((note) => [note.kind, note.byName])).toEqual([["acknowledged", petr.name]]);
    const audits =
      await ctx.sql`select action, actor_name, after from audit where subject = ${`run:${run.id}`} order by id`;
    expect(audits.map((row) => [row.action, row.actor_name])).toEqual([
      ["exceptions.acknowledge", petr.name],
      ["exceptions.acknowledge", petr.name],
    ]);
    expect(audits[1]?.after).toEqual({ ended: true, changed: 7 });
  });

  test("but a few are left out, and the same act again changes nothing", async () => {
    const [first = "", ...rest] = await many(3);
    const target = { ...late(), except: [first] };
    const act: BulkAct = { act: "assign", assigneeId: jana.id };
    await bulkExceptions(ctx, petr, { target, act });
    await work();
    expect((await findException(ctx.sql, first))?.assigneeId).toBeNull();
    for (const id of rest) expect((await findException(ctx.sql, id))?.assigneeId).toBe(jana.id);
    const told = await ctx.sql`select title from notification where person_id = ${jana.id}`;
    expect(told.map((row) => row.title)).toEqual([`${petr.name} gave you 2 exceptions`]);
    const again = await bulkExceptions(ctx, petr, { target, act });
    await work();
    expect(await results(again.id)).toEqual({ unchanged: 2 });
  });

  test("those that somebody was faster with are a conflict that names who, and are not overwritten", async () => {
    const [a = "", b = ""] = await many(2);
    const run = await bulkExceptions(ctx, petr, {
      target: late(),
      act: { act: "snooze", choice: { mode: "until", until: new Date("2026-11-21T10:00:00Z") } },
    });
    await resolveExceptions(ctx, jana, { target: { ids: [a] }, reason: "called the carrier" });
    await work();
    expect(await results(run.id)).toEqual({ changed: 1, conflict: 1 });
    expect([await stateOf(a), await stateOf(b)]).toEqual(["resolved", "snoozed"]);
    const [item] = await listRunItems(ctx.sql, {
      runId: run.id,
      filter: { result: ["conflict"] },
      after: null,
      limit: 5,
    });
    expect(item?.reason).toBe(
      `Somebody was faster: it is resolved now. ${jana.name} resolved it at 2026-11-20 10:00 UTC.`,
    );
  });

  test("those with a required step that nobody ticked are refused with the reason", async () => {
    const lost = (await openException(ctx, "lost")).id;
    const [ok = ""] = await many(1);
    const filter = exceptionFilter.parse({ kind: ["lost", "delivery_late"] });
    const run = await bulkExceptions(ctx, petr, {
      target: { filter, except: [] },
      act: { act: "resolve", reason: "gone by itself" },
    });
    await work();
    const counts = await results(run.id);
    expect(counts.refused ?? 0).toBe(1);
    expect([await stateOf(lost), await stateOf(ok)]).toEqual(["open", "resolved"]);
    const [item] = await listRunItems(ctx.sql, {
      runId: run.id,
      filter: { result: ["refused"] },
      after: null,
      limit: 5,
    });
    expect(item?.reason?.length).toBeGreaterThan(10);
  });

  test("comments are written to all and cannot be taken back", async () => {
    const ids = await many(3);
    const run = await bulkExceptions(ctx, finance, { target: late(), act: { act: "comment", text: "carrier strike" } });
    await work();
    const notes = await ctx.sql`select text from exception_note where exception_id = any(${ids}::uuid[])`;
    expect(notes.map((row) => row.text)).toEqual(["carrier strike", "carrier strike", "carrier strike"]);
    await expect(undoRun(ctx, petr, { id: run.id })).rejects.toMatchObject({ code: "precondition" });
  });

  test("a run waits while paused, goes on when resumed and keeps what is done when cancelled", async () => {
    await many(3);
    const run = await bulkExceptions(ctx, petr, { target: late(), act: { act: "acknowledge" } });
    await pauseRun(ctx, petr, { id: run.id });
    expect(await work()).toBe(false);
    await resumeRun(ctx, petr, { id: run.id });
    await work();
    expect((await findRun(ctx.sql, run.id))?.state).toBe("done");
    const second = await bulkExceptions(ctx, petr, {
      target: late({ state: ["acknowledged"] }),
      act: { act: "reopen", reason: "" },
    });
    await cancelRun(ctx, petr, { id: second.id });
    expect(await work()).toBe(false);
    expect(await results(second.id)).toEqual({ null: 3 });
  });

  test("its result can be taken as CSV with what was before and after", async () => {
    await many(2);
    const run = await bulkExceptions(ctx, petr, { target: late(), act: { act: "acknowledge" } });
    await work();
    let csv = "";
    for await (const part of await exportRun(ctx, petr, run.id, { result: [] })) csv += part;
    const rows = csv.trim().split("\n");
    expect(rows).toHaveLength(3);
    expect(rows[1]).toContain("changed");
    expect(rows[1]).toContain("acknowledged");
  });

  test("a run fails whole when who started it lost the right meanwhile", async () => {
    const [id = ""] = await many(1);
    const run = await bulkExceptions(ctx, petr, { target: late(), act: { act: "acknowledge" } });
    await ctx.sql`update person set state = 'disabled' where id = ${petr.id}`;
    await work();
    expect(await findRun(ctx.sql, run.id)).toMatchObject({ state: "failed", processed: 0 });
    expect(await stateOf(id)).toBe("open");
  });

  test("who may not is refused, and nothing that matches is said", async () => {
    await many(1);
    const input = { target: late(), act: { act: "resolve", reason: "not mine to close" } as const };
    await expect(bulkExceptions(ctx, finance, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(bulkExceptions(ctx, executive, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      bulkExceptions(ctx, petr, { ...input, target: late({ kind: ["customs_hold"] }) }),
    ).rejects.toMatchObject({ code: "precondition" });
    const past: BulkAct = { act: "snooze", choice: { mode: "until", until: new Date("2026-11-19T10:00:00Z") } };
    await expect(bulkExceptions(ctx, petr, { target: late(), act: past })).rejects.toMatchObject({ code: "invalid" });
    expect(await ctx.sql`select 1 from run`).toHaveLength(0);
  });
});

describe("named ones", () => {
  test("are done before the answer, and one seen otherwise than it stands is a conflict", async () => {
    const [a = "", b = ""] = await many(2);
    await assignExceptions(ctx, jana, { target: { ids: [a] }, assigneeId: jana.id });
    const seen = { state: "open", assigneeId: null } as const;
    const run = await bulkExceptions(ctx, petr, {
      target: { ids: [a, b], seen: { [a]: seen, [b]: seen } },
      act: { act: "assign", assigneeId: petr.id },
    });
    expect(run.done).toMatchObject({ changed: 1, conflict: 1, ids: [b] });
    expect((await findException(ctx.sql, a))?.assigneeId).toBe(jana.id);
    expect((await findRun(ctx.sql, run.id))?.state).toBe("done");
  });

  test("what one changed oneself, faster than the screen follows, is no conflict; what somebody else did is", async () => {
    const [id = ""] = await many(1);
    const target = { ids: [id], seen: { [id]: { state: "open", assigneeId: null } as const } };
    await assignExceptions(ctx, petr, { target, assigneeId: petr.id });
    await acknowledgeExceptions(ctx, petr, { target });
    expect(await stateOf(id)).toBe("acknowledged");
    await expect(assignExceptions(ctx, jana, { target, assigneeId: jana.id })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("undo puts back who had them and leaves alone what somebody changed since", async () => {
    const [a = "", b = "", c = ""] = await many(3);
    await assignExceptions(ctx, jana, { target: { ids: [a, b] }, assigneeId: jana.id });
    const run = await bulkExceptions(ctx, petr, {
      target: { ids: [a, b, c] },
      act: { act: "assign", assigneeId: petr.id },
    });
    expect(run.done?.changed).toBe(3);
    await acknowledgeExceptions(ctx, jana, { target: { ids: [b] } });
    const undone = await undoRun(ctx, petr, { id: run.id });
    expect(undone.done).toMatchObject({ changed: 2, conflict: 1 });
    const owners = await Promise.all([a, b, c].map(async (id) => (await findException(ctx.sql, id))?.assigneeId));
    expect(owners).toEqual([jana.id, petr.id, null]);
    const [item] = await listRunItems(ctx.sql, {
      runId: undone.id,
      filter: { result: ["conflict"] },
      after: null,
      limit: 5,
    });
    expect(item?.reason).toContain(`${jana.name} acknowledged it`);
    await expect(undoRun(ctx, petr, { id: run.id })).rejects.toMatchObject({ code: "conflict" });
  });

  test("undo of a resolution opens them again but for one that was opened anew, and counts of the group follow", async () => {
    const shipmentId = await makeShipment(ctx);
    const one = await openException(ctx, "delivery_late", { shipmentId });
    const [two = ""] = await many(1);
    const open = async () =>
      (
        await ctx.sql`select sum(opened - closed)::int as n from exception_group_count where group_id = ${one.groupId}`
      )[0]?.n;
    expect(await open()).toBe(2);
    const run = await bulkExceptions(ctx, petr, {
      target: { ids: [one.id, two] },
      act: { act: "resolve", reason: "all is well" },
    });
    expect(await open()).toBe(0);
    await openException(ctx, "delivery_late", { shipmentId });
    const undone = await undoRun(ctx, petr, { id: run.id });
    expect(undone.done).toMatchObject({ changed: 1, conflict: 1 });
    expect([await stateOf(one.id), await stateOf(two)]).toEqual(["resolved", "open"]);
    expect(await open()).toBe(2);
    expect(await findException(ctx.sql, two)).toMatchObject({
      resolvedAt: null,
      resolution: null,
      resolvedByName: null,
    });
    const [shipment] =
      await ctx.sql`select open_exceptions from shipment s join exception e on e.shipment_id = s.shipment_id where e.id = ${two}`;
    expect(shipment?.open_exceptions).toBe(1);
  });

  test("a run that undoes more than a few is worked by the worker, and who may not is refused", async () => {
    const ids = await many(3);
    const run = await bulkExceptions(ctx, petr, {
      target: late(),
      act: { act: "snooze", choice: { mode: "until", until: new Date("2026-11-21T10:00:00Z") } },
    });
    await expect(undoRun(ctx, petr, { id: run.id })).rejects.toMatchObject({ code: "precondition" });
    await work();
    await expect(undoRun(ctx, executive, { id: run.id })).rejects.toMatchObject({ code: "forbidden" });
    await ctx.sql`update run set changed = 501 where id = ${run.id}`;
    const undone = await undoRun(ctx, petr, { id: run.id });
    expect(undone).toMatchObject({ total: 3, done: null });
    await work();
    expect(await findRun(ctx.sql, undone.id)).toMatchObject({ state: "done", changed: 3 });
    for (const id of ids) expect(await findException(ctx.sql, id)).toMatchObject({ state: "open", snoozedUntil: null });
  });
});

test("a single act made from an old state is refused with what stands now and who did it", async () => {
  const [id = ""] = await many(1);
  await acknowledgeExceptions(ctx, jana, { target: { ids: [id] } });
  const seen = { [id]: { state: "open" as const, assigneeId: null } };
  const act = resolveExceptions(ctx, petr, { target: { ids: [id], seen }, reason: "from an old screen" });
  await expect(act).rejects.toMatchObject({
    code: "conflict",
    message: `This exception is acknowledged now, and was open on your screen. ${jana.name} acknowledged it at 2026-11-20 10:00 UTC.`,
    details: { present: { state: "acknowledged", assigneeId: null } },
  });
  expect(await stateOf(id)).toBe("acknowledged");
});
