import { TRPCError } from "@trpc/server";
import { pino } from "pino";
import { expect, test } from "vitest";
import { allows, RIGHTS, type Right } from "@/core/access/rights";
import { ROLES, type Role } from "@/core/access/roles";
import type { PersonActor } from "../access/actor";
import type { Context } from "../context";
import { appRouter, createCaller } from "./root";
import type { Access, ApiContext } from "./trpc";

/** Procedures that need no right; each new one must be argued for here. */
const PUBLIC = ["access.readLink", "access.welcome"];
const SIGNED_IN = [
  "access.me",
  "access.changePassword",
  "alerts.changeWishes",
  "alerts.list",
  "alerts.markRead",
  "alerts.unread",
  "alerts.wishes",
];

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { meta?: unknown } }>,
).map(([path, procedure]) => ({ path, access: (procedure._def.meta as { access?: Access } | undefined)?.access }));

const untouchable = new Proxy({} as Context, {
  get(_, name) {
    if (name === "log") return pino({ level: "silent" });
    throw new Error(`a refused call touched ${String(name)}`);
  },
});

function callerOf(actor: PersonActor | null) {
  const context: ApiContext = { actor, ctx: untouchable, correlationId: "test", address: "local" };
  return createCaller(context) as unknown as Record<string, Record<string, (input?: unknown) => Promise<unknown>>>;
}

async function codeOf(actor: PersonActor | null, path: string): Promise<string> {
  const [noun = "", verb = ""] = path.split(".");
  try {
    await callerOf(actor)[noun]?.[verb]?.();
    return "OK";
  } catch (error) {
    return error instanceof TRPCError ? error.code : String(error);
  }
}

const person = (role: Role): PersonActor => ({
  kind: "person",
  id: "00000000-0000-7000-8000-000000000001",
  name: "A",
  role,
});

test("every procedure demands a right, or stands on the short list of those that do not", () => {
  expect(procedures.length).toBeGreaterThan(10);
  const open = procedures.filter((p) => p.access === undefined || p.access === "public").map((p) => p.path);
  const anybody = procedures.filter((p) => p.access === "signed_in").map((p) => p.path);
  const unknown = procedures.filter((p) => !["public", "signed_in", ...RIGHTS].includes(p.access ?? ""));
  expect(open.sort()).toEqual(PUBLIC.toSorted());
  expect(anybody.sort()).toEqual(SIGNED_IN.toSorted());
  expect(unknown.filter((p) => !PUBLIC.includes(p.path))).toEqual([]);
});

test("nobody who is not signed in gets past the door of a procedure that is not public", async () => {
  for (const { path } of procedures.filter((p) => !PUBLIC.includes(p.path))) {
    expect([path, await codeOf(null, path)]).toEqual([path, "UNAUTHORIZED"]);
  }
});

for (const role of ROLES) {
  test(`${role}: each procedure is refused exactly where the table of rights says so, before anything is read`, async () => {
    const guarded = procedures.filter((p) => RIGHTS.includes(p.access as Right));
    const refused = [];
    for (const { path, access } of guarded) {
      if (allows(role, access as Right)) continue;
      expect([path, await codeOf(person(role), path)]).toEqual([path, "FORBIDDEN"]);
      refused.push(path);
    }
    expect(refused.length).toBe(guarded.filter((p) => !allows(role, p.access as Right)).length);
  });
}

test("an error of ours shows its correlation id and nothing of the cause", async () => {
  const call = callerOf(person("administrator")).people?.list?.();
  await expect(call).rejects.toThrow(/^This failed on our side\. Whoever runs Waypost finds the cause under test\.$/);
});
