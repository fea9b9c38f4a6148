import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Role } from "@/core/access/roles";
import { findPerson } from "@/db/queries/people";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import type { Actor } from "../access/actor";
import { actorOf, signIn } from "../access/sign-in";
import { type TestContext, testContext } from "../testing/context";
import { changePassword } from "./change-password";
import { changeRole } from "./change-role";
import { disablePerson } from "./disable";
import { enablePerson } from "./enable";
import { invitePerson } from "./invite";
import { resetPassword } from "./reset-password";
import { readLink, welcome } from "./welcome";

const PASSWORD = "a long enough password";
const ROOT: Actor = { kind: "system", id: null, name: "test" };
let database: TestDatabase;
let ctx: TestContext;
let n = 0;

beforeAll(async () => {
  database = await testDatabase("people");
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
});

const tokenOf = (url: string) => url.split("/welcome/")[1] ?? "";
const from = () => `10.1.0.${n++ % 250}`;

async function member(role: Role) {
  const email = `p${n++}@example.com`;
  const partner = { carriers: ["ups"], warehouses: [] };
  const { id, link } = await invitePerson(ctx, ROOT, { email, name: `Person ${n}`, role, partner });
  await welcome(ctx, { token: tokenOf(link.url), password: PASSWORD }, from());
  const person = await findPerson(ctx.sql, id);
  if (!person) throw new Error("not there");
  return { ...person, actor: actorOf(person) };
}

const audit = async (id: string, action: string) =>
  ctx.sql`select * from audit where subject = ${`person:${id}`} and action = ${action}`;

test("an invited person sets a password by the link, once, and can sign in with it", async () => {
  const { id, link } = await invitePerson(ctx, ROOT, { email: "new@example.com", name: "New", role: "support" });
  const token = tokenOf(link.url);
  expect(await readLink(ctx, { token }, from())).toEqual({
    name: "New",
    email: "new@example.com",
    purpose: "invitation",
  });
  const [kept] = await ctx.sql`select count(*)::int as n from person_link where token_hash = ${Buffer.from(token)}`;
  expect(kept?.n).toBe(0);
  await welcome(ctx, { token, password: PASSWORD }, from());
  await expect(welcome(ctx, { token, password: PASSWORD }, from())).rejects.toMatchObject({ code: "not_found" });
  expect((await signIn(ctx, { email: "new@example.com", password: PASSWORD }, from())).id).toBe(id);
  expect(await audit(id, "people.invite")).toHaveLength(1);
  expect(await audit(id, "people.accept_invitation")).toHaveLength(1);
});

test("a link used twice at the same moment sets one password", async () => {
  const { link } = await invitePerson(ctx, ROOT, { email: "twice@example.com", name: "T", role: "support" });
  const both = ["first password 1", "other password 2"].map((password) =>
    welcome(ctx, { token: tokenOf(link.url), password }, from()),
  );
  const done = await Promise.allSettled(both);
  expect(done.map((d) => d.status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("a link ends after seven days, and when a newer one is made", async () => {
  const { id, link } = await invitePerson(ctx, ROOT, { email: "late@example.com", name: "L", role: "support" });
  const newer = await resetPassword(ctx, ROOT, { id });
  await expect(readLink(ctx, { token: tokenOf(link.url) }, from())).rejects.toMatchObject({ code: "not_found" });
  ctx.clock.at = new Date(ctx.clock.at.getTime() + 7 * 86_400_000 + 1);
  await expect(readLink(ctx, { token: tokenOf(newer.url) }, from())).rejects.toMatchObject({ code: "not_found" });
});

test("an address that is known already is refused, in any spelling", async () => {
  const person = await member("support");
  const again = { email: person.email, name: "Again", role: "finance" as const };
  await expect(invitePerson(ctx, ROOT, again)).rejects.toMatchObject({ code: "conflict" });
});

test("only those who may manage people can invite, change roles, disable, enable and reset", async () => {
  const person = await member("support");
  const { actor } = await member("logistics");
  const { id } = person;
  const acts = [
    () => invitePerson(ctx, actor, { email: "x@example.com", name: "X", role: "support" }),
    () => changeRole(ctx, actor, { id, role: "administrator" }),
    () => disablePerson(ctx, actor, { id }),
    () => enablePerson(ctx, actor, { id }),
    () => resetPassword(ctx, actor, { id }),
  ];
  for (const act of acts) await expect(act()).rejects.toMatchObject({ code: "forbidden" });
  expect(await findPerson(ctx.sql, id)).toMatchObject({ role: "support", state: "active" });
});

test("the last active administrator can neither be disabled nor lose the role, and two cannot leave at once", async () => {
  const fresh = await testDatabase("lastadmin");
  try {
    ctx = testContext(fresh, new Date("2026-11-20T10:00:00Z"));
    const one = await member("administrator");
    await invitePerson(ctx, ROOT, { email: "not.yet@example.com", name: "Not yet", role: "administrator" });
    await expect(disablePerson(ctx, one.actor, { id: one.id })).rejects.toMatchObject({ code: "precondition" });
    await expect(changeRole(ctx, one.actor, { id: one.id, role: "support" })).rejects.toMatchObject({
      code: "precondition",
    });
    const two = await member("administrator");
    const leaving = await Promise.allSettled([
      disablePerson(ctx, one.actor, { id: two.id }),
      changeRole(ctx, two.actor, { id: one.id, role: "finance" }),
    ]);
    expect(leaving.map((l) => l.status).sort()).toEqual(["fulfilled", "rejected"]);
    const [left] =
      await ctx.sql`select count(*)::int as n from person where role = 'administrator' and state = 'active'`;
    expect(left?.n).toBe(1);
  } finally {
    await fresh.drop();
  }
});

test("a changed role, a new password and disabling each end the sessions", async () => {
  const person = await member("support");
  const versions = [person.sessionVersion];
  const now = async () => (await findPerson(ctx.sql, person.id))?.sessionVersion ?? 0;
  await changeRole(ctx, ROOT, { id: person.id, role: "finance" });
  versions.push(await now());
  await changePassword(ctx, person.actor, { current: PASSWORD, next: "another long password" });
  versions.push(await now());
  await disablePerson(ctx, ROOT, { id: person.id });
  versions.push(await now());
  expect(versions.every((v, i) => i === 0 || v > (versions[i - 1] ?? 0))).toBe(true);
  await enablePerson(ctx, ROOT, { id: person.id });
  expect(await findPerson(ctx.sql, person.id)).toMatchObject({ state: "active", role: "finance" });
});

test("one's own password is changed only by who knows the present one, and wrong tries lock", async () => {
  const person = await member("support");
  const change = (current: string) => changePassword(ctx, person.actor, { current, next: "another long password" });
  for (let i = 0; i < 5; i++) await expect(change("wrong")).rejects.toMatchObject({ code: "invalid" });
  await expect(change(PASSWORD)).rejects.toMatchObject({ code: "limit" });
  await expect(signIn(ctx, { email: person.email, password: PASSWORD }, from())).rejects.toThrow();
});

test("a disabled person's link sets no password", async () => {
  const person = await member("support");
  const link = await resetPassword(ctx, ROOT, { id: person.id });
  await disablePerson(ctx, ROOT, { id: person.id });
  await expect(welcome(ctx, { token: tokenOf(link.url), password: PASSWORD }, from())).rejects.toMatchObject({
    code: "not_found",
  });
});

test("when the audit row cannot be written, the change does not happen", async () => {
  const person = await member("support");
  const broken = { ...ctx, uuid: () => "not a uuid" };
  await expect(disablePerson(broken, ROOT, { id: person.id })).rejects.toThrow();
  expect(await findPerson(ctx.sql, person.id)).toMatchObject({
    state: "active",
    sessionVersion: person.sessionVersion,
  });
});

test("a partner needs a carrier or a warehouse, and gives it back with the role", async () => {
  const nothing = { email: "partner@example.com", name: "P", role: "partner" as const };
  await expect(invitePerson(ctx, ROOT, nothing)).rejects.toMatchObject({ code: "invalid" });
  const person = await member("partner");
  expect(person.settings).toEqual({ partner: { carriers: ["ups"], warehouses: [] } });
  await changeRole(ctx, ROOT, { id: person.id, role: "support" });
  expect((await findPerson(ctx.sql, person.id))?.settings).toEqual({});
});
