import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { VIEWS_A_PERSON, viewShows } from "@/core/exceptions/saved-view";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { createCaller } from "./root";

let database: TestDatabase;
let ctx: TestContext;
let petr: PersonActor;
let jana: PersonActor;
let boss: PersonActor;
let executive: PersonActor;

beforeAll(async () => {
  database = await testDatabase("views");
  petr = await insertActor(database.sql, "support");
  jana = await insertActor(database.sql, "logistics");
  boss = await insertActor(database.sql, "administrator");
  executive = await insertActor(database.sql, "executive");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database);
  await ctx.sql`truncate saved_view, saved_view_default, audit`;
});

const as = (actor: PersonActor) => createCaller({ ctx, actor, correlationId: "test", address: "local" }).views;
const shows = (filter = {}) => viewShows.parse({ view: "list", filter });
const names = async (actor: PersonActor) => (await as(actor).list()).map((view) => view.name);

test("a view is kept for oneself, another name and filter change it, and the audit log holds both", async () => {
  const { id } = await as(petr).save({ name: "Lost ones", shared: false, shows: shows({ kind: ["lost"] }) });
  expect(await names(petr)).toEqual(["Lost ones"]);
  expect(await names(jana)).toEqual([]);
  await as(petr).save({ id, name: "Lost and held", shared: false, shows: shows({ kind: ["lost", "held"] }) });
  const [view] = await as(petr).list();
  expect(view).toMatchObject({
    name: "Lost and held",
    mine: true,
    shared: false,
    shows: { filter: { kind: ["lost", "held"] } },
  });
  const audits = await ctx.sql`select action, before->>'name' as before from audit order by at, id`;
  expect(audits.map((row) => [row.action, row.before])).toEqual([
    ["views.save", null],
    ["views.save", "Lost ones"],
  ]);
});

test("a shared view is everybody's to use, and its owner's to change", async () => {
  const { id } = await as(petr).save({ name: "Mornings", shared: true, shows: shows({ overdue: true }) });
  expect(await as(jana).list()).toMatchObject([{ name: "Mornings", mine: false, byName: petr.name }]);
  const change = { id, name: "Evenings", shared: true, shows: shows() };
  await expect(as(jana).save(change)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(as(jana).delete({ id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await as(boss).delete({ id });
  expect(await names(petr)).toEqual([]);
});

test("the view a person begins with is theirs alone, and ends with the view or when it is no longer shared", async () => {
  const { id } = await as(petr).save({ name: "Mine", shared: true, shows: shows() });
  await as(jana).beginWith({ id });
  expect((await as(jana).list())[0]?.isDefault).toBe(true);
  expect((await as(petr).list())[0]?.isDefault).toBe(false);
  await as(petr).save({ id, name: "Mine", shared: false, shows: shows() });
  await as(petr).save({ id, name: "Mine", shared: true, shows: shows() });
  expect((await as(jana).list())[0]?.isDefault).toBe(false);
  await as(petr).beginWith({ id });
  await as(petr).beginWith({ id: null });
  expect((await as(petr).list())[0]?.isDefault).toBe(false);
});

test("another's private view cannot be begun with or deleted, as if it were not there", async () => {
  const { id } = await as(petr).save({ name: "Secret", shared: false, shows: shows() });
  await expect(as(jana).beginWith({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(as(boss).delete({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a name is used once, views are bounded, and who only reads shares nothing", async () => {
  await as(petr).save({ name: "One", shared: false, shows: shows() });
  await expect(as(petr).save({ name: "one", shared: false, shows: shows() })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  for (let i = 1; i < VIEWS_A_PERSON; i++) await as(petr).save({ name: `View ${i}`, shared: false, shows: shows() });
  await expect(as(petr).save({ name: "One more", shared: false, shows: shows() })).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
  });
  await expect(as(executive).save({ name: "x", shared: true, shows: shows() })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
  await as(executive).save({ name: "x", shared: false, shows: shows() });
  expect(await names(executive)).toEqual(["x"]);
});
