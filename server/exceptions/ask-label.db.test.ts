import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "../access/actor";
import { type Desk, makeDesk } from "../testing/desk";
import { askForLabel } from "./ask-label";

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk("asklabel");
}, 60_000);
afterAll(async () => desk?.end());

const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19);

test("a refused label is asked for again, waits out of the queue, and is gone when a source tells of the label", async () => {
  const { ctx, person } = desk;
  await desk.drop({ shipment: "L-1", status: "label failed", at: at(9), message: "Phone number is missing" });
  const [open] = await desk.standing(null, "label_failed");
  const id = open?.id ?? "";
  expect(open?.evidence).toMatchObject({ description: "Phone number is missing" });
  const ask = { target: { ids: [id] }, text: "The number stands in the order now", personId: person.id, waitHours: 24 };
  await expect(askForLabel(ctx, { ...person, role: "finance" } as Actor, ask)).rejects.toMatchObject({
    code: "forbidden",
  });
  const seen = { [id]: { state: "acknowledged" as const, assigneeId: null } };
  await expect(askForLabel(ctx, person, { ...ask, target: { ids: [id], seen } })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await askForLabel(ctx, person, ask)).toMatchObject({ changed: 1 });
  const [waits] =
    await ctx.sql`select state, snoozed_until > now() + interval '23 hours' as long from exception where id = ${id}`;
  expect(waits).toEqual({ state: "snoozed", long: true });
  const [note] = await ctx.sql`select text from exception_note where exception_id = ${id} order by at desc limit 1`;
  expect(note?.text).toBe("asked for a new label: The number stands in the order now");
  expect(await ctx.sql`select title from notification where person_id = ${person.id}`).toMatchObject([
    { title: "Sam Support asks for a new label" },
  ]);
  expect(await ctx.sql`select action from audit where subject = ${`exception:${id}`}`).toMatchObject([
    { action: "exceptions.ask_label" },
  ]);
  await desk.drop({ shipment: "L-1", status: "labelled", at: at(1) });
  expect(await ctx.sql`select state from exception where id = ${id}`).toEqual([{ state: "resolved" }]);
});

test("nothing but a refused label can be asked for again", async () => {
  await desk.drop({ shipment: "L-2", status: "damaged", at: at(3) });
  const [open] = await desk.standing(null, "damaged");
  const ask = { target: { ids: [open?.id ?? ""] }, text: "Please", personId: null, waitHours: 1 };
  await expect(askForLabel(desk.ctx, desk.person, ask)).rejects.toMatchObject({ code: "conflict" });
});
