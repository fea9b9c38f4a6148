import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../access/actor";
import { type Desk, makeDesk } from "../testing/desk";
import { startReplay } from "./replay";
import { previewRevision, readRevisable, reviseMessage } from "./revise";

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk("revise");
}, 60_000);
afterAll(async () => desk?.end());

const why = "The warehouse confirmed the day by phone";

test("a message with a wrong date is corrected in one field, read again, and keeps the bytes that came", async () => {
  const { ctx, person } = desk;
  const id = await desk.drop({ shipment: "WMS-R1", tracking: "1ZREV1", status: "picked", at: "2026-13-45 10:00" });
  const [open] = await desk.standing(null, "unreadable_message");
  expect(open?.text).toContain("row 2/at");
  const { text, number } = await readRevisable(ctx, person, id);
  expect(number).toBe(0);

  const worse = await previewRevision(ctx, person, { id, text: text.replace("2026-13-45 10:00", "soon") });
  expect(worse.faults).toEqual([]);
  const broken = await previewRevision(ctx, person, { id, text: text.replace('"WMS-R1",', "") });
  expect(broken.faults.length).toBeGreaterThan(0);
  await expect(
    reviseMessage(ctx, person, { id, text: text.replace('"WMS-R1",', ""), seen: 0, why }),
  ).rejects.toMatchObject({ code: "invalid", details: { at: expect.any(String) } });

  const right = text.replace("2026-13-45", "2026-11-20");
  const counts = async () =>
    (
      await ctx.sql`select (select count(*) from event) e, (select count(*) from interpretation) i, (select count(*) from message_revision) r`
    )[0];
  const before = await counts();
  const preview = await previewRevision(ctx, person, { id, text: right });
  expect(preview).toMatchObject({ before: { events: 0 }, after: { events: 1, problems: [] }, faults: [] });
  expect(preview.changes.after).toMatchObject([{ milestone: "picked" }]);
  expect(await counts()).toEqual(before);

  await expect(
    reviseMessage(ctx, { ...person, role: "finance" } as Actor, { id, text: right, seen: 0, why }),
  ).rejects.toMatchObject({ code: "forbidden" });
  expect(await reviseMessage(ctx, person, { id, text: right, seen: 0, why })).toEqual({ number: 1 });
  await expect(reviseMessage(ctx, person, { id, text: `${right}\n`, seen: 0, why })).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(reviseMessage(ctx, person, { id, text: right, seen: 1, why })).rejects.toMatchObject({
    code: "invalid",
  });
  const run = await startReplay(ctx, person, { scope: { receipts: [id] }, mapping: "current", dryRun: false });
  expect(await desk.run(run.id)).toMatchObject({ state: "done", changed: 1, failed: 0 });
  expect(await desk.standing(null, "unreadable_message")).toEqual([]);
  const [reading] =
    await ctx.sql`select number, revision, events from interpretation where message_id = ${id} order by number desc limit 1`;
  expect(reading).toMatchObject({ number: 2, revision: 1, events: 1 });
  expect((await readRevisable(ctx, person, id)).original).toBe(text);
  const [audit] = await ctx.sql`select before, after, reason, subject from audit where action = 'messages.revise'`;
  expect(audit).toMatchObject({
    before: { revision: 0 },
    after: { revision: 1 },
    reason: why,
    subject: `message:${id}`,
  });
}, 30_000);

test("a correction is taken back by a revision of its own, and what it said goes with it", async () => {
  const { ctx, person } = desk;
  const id = await desk.drop({ shipment: "WMS-R2", tracking: "1ZREV2", status: "picked", at: "2026-11-20 10:00" });
  const { text } = await readRevisable(ctx, person, id);
  await reviseMessage(ctx, person, { id, text: text.replace('"picked"', '"packed"'), seen: 0, why });
  const replay = async () => {
    const run = await startReplay(ctx, person, { scope: { receipts: [id] }, mapping: "current", dryRun: false });
    await desk.run(run.id);
    const [row] =
      await ctx.sql`select s.milestone from shipment s join reference r on r.shipment_id = s.shipment_id where r.said = '1ZREV2'`;
    return row?.milestone;
  };
  expect(await replay()).toBe("packed");
  await reviseMessage(ctx, person, { id, text: null, seen: 1, why: "It was picked after all" });
  expect(await replay()).toBe("picked");
  expect(
    await ctx.sql`select number, body is null as back from message_revision where message_id = ${id} order by number`,
  ).toEqual([
    { number: 1, back: false },
    { number: 2, back: true },
  ]);
});
