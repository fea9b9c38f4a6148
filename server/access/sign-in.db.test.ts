import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sessionHolds } from "@/core/access/lockout";
import type { Role } from "@/core/access/roles";
import { findPerson, insertPerson, type Person } from "@/db/queries/people";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { disablePerson } from "../people/disable";
import { type TestContext, testContext } from "../testing/context";
import { livePerson } from "./live-person";
import { hashPassword } from "./password";
import { actorOf, signIn } from "./sign-in";

const PASSWORD = "correct horse battery";
let database: TestDatabase;
let ctx: TestContext;
let passwordHash: string;
let address = 0;

beforeAll(async () => {
  database = await testDatabase("signin");
  passwordHash = await hashPassword(PASSWORD);
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
  address++;
});

async function somebody(role: Role = "support"): Promise<Person> {
  const id = ctx.uuid();
  await insertPerson(ctx.sql, {
    id,
    email: `${id}@example.com`,
    name: "Somebody",
    role,
    state: "active",
    passwordHash,
    createdAt: ctx.now(),
  });
  const person = await findPerson(ctx.sql, id);
  if (!person) throw new Error("not there");
  return person;
}

const tryWith = (person: Person, password: string) =>
  signIn(ctx, { email: person.email.toUpperCase(), password }, `10.0.0.${address}`);

const auditOf = async (person: Person) =>
  (await ctx.sql`select action from audit where subject = ${`person:${person.id}`} order by at, id`).map(
    (r) => r.action,
  );

test("the right password signs in, whatever the case of the address, and leaves an audit row", async () => {
  const person = await somebody();
  expect((await tryWith(person, PASSWORD)).id).toBe(person.id);
  expect(await auditOf(person)).toEqual(["access.sign_in"]);
});

test("after five wrong tries the right password is refused for fifteen minutes, then taken", async () => {
  const person = await somebody();
  for (let i = 0; i < 5; i++) await expect(tryWith(person, "wrong")).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(tryWith(person, PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 14 * 60_000);
  await expect(tryWith(person, PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 61_000);
  expect((await tryWith(person, PASSWORD)).id).toBe(person.id);
  expect(await auditOf(person)).toContain("access.lock_out");
});

test("four wrong tries and a right one start the count anew", async () => {
  const person = await somebody();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 4; i++) await expect(tryWith(person, "wrong")).rejects.toThrow();
    expect((await tryWith(person, PASSWORD)).id).toBe(person.id);
  }
});

test("twenty tries at once look at five passwords at most", async () => {
  const person = await somebody();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => tryWith(person, `guess ${i}`)));
  expect(tries.every((t) => t.status === "rejected")).toBe(true);
  const rows =
    await ctx.sql`select after ->> 'why' as why from audit where subject = ${`person:${person.id}`} and action = 'access.sign_in_refused'`;
  expect(rows.filter((r) => r.why === "wrong password")).toHaveLength(5);
  expect(rows.filter((r) => r.why === "locked")).toHaveLength(15);
});

test("one address may try thirty times, then has to wait, and others are not held up", async () => {
  const person = await somebody();
  const from = (n: string) => signIn(ctx, { email: "nobody@example.com", password: "x" }, n);
  for (let i = 0; i < 30; i++) await expect(from("10.9.9.9")).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(from("10.9.9.9")).rejects.toMatchObject({ code: "limit" });
  expect((await tryWith(person, PASSWORD)).id).toBe(person.id);
});

test("what was typed is not kept when nobody has the address", async () => {
  await expect(signIn(ctx, { email: "my.secret.password@example.com", password: "x" }, "10.8.8.8")).rejects.toThrow();
  const [row] = await ctx.sql`select count(*)::int as n from audit where audit::text like '%my.secret%'`;
  expect(row?.n).toBe(0);
});

test("a disabled person's session no longer holds, within a second in another process and at once in this one", async () => {
  const [person, administrator] = [await somebody(), await somebody("administrator")];
  const token = { version: person.sessionVersion, signedInAtMs: ctx.now().getTime() };
  const holds = async (c: TestContext) => sessionHolds(token, await livePerson(c, person.id), c.now().getTime());
  const elsewhere = testContext(database, ctx.now());
  expect([await holds(ctx), await holds(elsewhere)]).toEqual([true, true]);
  await disablePerson(ctx, actorOf(administrator), { id: person.id });
  expect(await holds(ctx)).toBe(false);
  elsewhere.clock.at = new Date(elsewhere.clock.at.getTime() + 1000);
  expect(await holds(elsewhere)).toBe(false);
  await expect(tryWith(person, PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("a session ends eight hours after sign-in, however much it was used", async () => {
  const person = await somebody();
  const token = { version: person.sessionVersion, signedInAtMs: ctx.now().getTime() };
  expect(sessionHolds(token, person, token.signedInAtMs + 8 * 3_600_000 - 1)).toBe(true);
  expect(sessionHolds(token, person, token.signedInAtMs + 8 * 3_600_000)).toBe(false);
});
