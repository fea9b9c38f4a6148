import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { exceptionFilter } from "@/core/exceptions/filter";
import { listSteps } from "@/db/queries/exception-steps";
import { findException, listExceptionNotes } from "@/db/queries/exceptions";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Actor } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { openException } from "../testing/open-exception";
import { resolveExceptions } from "./resolve";
import { tickException } from "./tick";

let database: TestDatabase;
let ctx: TestContext;
const petr: Actor = { kind: "person", id: "00000000-0000-4000-8000-0000000000a1", name: "Petr", role: "support" };
const executive: Actor = { kind: "person", id: "00000000-0000-4000-8000-0000000000e1", name: "Exe", role: "executive" };

beforeAll(async () => {
  database = await testDatabase("steps");
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  await ctx.sql`insert into person (id, email, name, role, state, created_at)
    values (${petr.kind === "person" ? petr.id : ""}, 'petr@example.test', 'Petr', 'support', 'active', ${ctx.now()})`;
});
afterAll(async () => database?.drop());
beforeEach(async () => void (await ctx.sql`truncate exception, exception_step, exception_note, audit`));

const resolve = (...ids: string[]) => resolveExceptions(ctx, petr, { target: { ids }, reason: "all is done" });
const state = async (id: string) => (await findException(ctx.sql, id))?.state;

test("a required step blocks the resolution until it is ticked, and the refusal names it", async () => {
  const { id, shipmentId } = await openException(ctx, "damaged");
  const refusal = await resolve(id).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "precondition" });
  expect((refusal as Error).message).toBe(
    "Tick the required steps first: “Ask for photographs and keep the packaging” and “File a claim within the carrier's window”.",
  );
  expect(await state(id)).toBe("open");
  await tickException(ctx, petr, { id, step: "ask_photographs", done: true });
  await expect(resolve(id)).rejects.toThrow("Tick the required step first: “File a claim");
  await tickException(ctx, petr, { id, step: "file_claim", done: true });
  expect(await resolve(id)).toMatchObject({ changed: 1 });
  expect(await state(id)).toBe("resolved");
  expect(await listSteps(ctx.sql, { homeId: shipmentId, id })).toMatchObject([
    { step: "ask_photographs", byName: "Petr" },
    { step: "file_claim", byName: "Petr" },
  ]);
});

test("an exception opens with its responsible party: what the source named, else the kind's", async () => {
  const party = async (id: string) => (await findException(ctx.sql, id))?.party;
  const told = await openException(ctx, "delivery_late", { evidence: { party: "weather" } });
  const untold = await openException(ctx, "delivery_late");
  expect([await party(told.id), await party(untold.id)]).toEqual(["weather", "carrier"]);
});

test("optional steps block nothing", async () => {
  const { id } = await openException(ctx, "delivery_late");
  expect(await resolve(id)).toMatchObject({ changed: 1 });
});

test("of many, those with a step missing stay and are counted", async () => {
  const done = await openException(ctx, "lost");
  const missing = await openException(ctx, "lost");
  const free = await openException(ctx, "delivery_late");
  await tickException(ctx, petr, { id: done.id, step: "trace_and_claim", done: true });
  const target = { filter: exceptionFilter.parse({}), except: [] };
  const result = await resolveExceptions(ctx, petr, { target, reason: "clean up" });
  expect(result).toMatchObject({ changed: 2, unchanged: 1 });
  expect([await state(done.id), await state(missing.id), await state(free.id)]).toEqual([
    "resolved",
    "open",
    "resolved",
  ]);
});

test("a tick taken back blocks again; both stand in the history and the audit, a repeat changes nothing", async () => {
  const { id, shipmentId } = await openException(ctx, "lost");
  const tick = (done: boolean) => tickException(ctx, petr, { id, step: "trace_and_claim", done });
  expect([await tick(true), await tick(true), await tick(false), await tick(false)]).toEqual([
    { changed: true },
    { changed: false },
    { changed: true },
    { changed: false },
  ]);
  await expect(resolve(id)).rejects.toMatchObject({ code: "precondition" });
  const notes = await listExceptionNotes(ctx.sql, shipmentId, id);
  expect(notes.map(({ kind, byName }) => [kind, byName])).toEqual([
    ["unticked", "Petr"],
    ["ticked", "Petr"],
  ]);
  const audits = await ctx.sql`select action, after from audit order by at, id`;
  expect(audits.map((row) => [row.action, row.after])).toEqual([
    ["exceptions.tick", { step: "trace_and_claim", done: true }],
    ["exceptions.tick", { step: "trace_and_claim", done: false }],
  ]);
});

test("a step of another playbook, a resolved exception and a missing right are refused", async () => {
  const { id } = await openException(ctx, "delivery_late");
  const tick = (step: string, actor = petr) => tickException(ctx, actor, { id, step, done: true });
  await expect(tick("file_claim")).rejects.toMatchObject({ code: "invalid" });
  await expect(tick("ask_carrier", executive)).rejects.toMatchObject({ code: "forbidden" });
  await resolve(id);
  await expect(tick("ask_carrier")).rejects.toMatchObject({ code: "conflict" });
});
