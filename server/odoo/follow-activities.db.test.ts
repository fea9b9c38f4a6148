import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { PostingRequest } from "@/core/postings/desired";
import { findException, listExceptionNotes } from "@/db/queries/exceptions";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting } from "@/db/testing/rows";
import { executePosting } from "../adapters/odoo/execute";
import { resolveExceptions } from "../exceptions/resolve";
import { type TestContext, testContext } from "../testing/context";
import { type OdooTarget, realTarget, sandboxTarget } from "../testing/odoo-target";
import { openException } from "../testing/open-exception";
import { followActivities } from "./follow-activities";

const TARGETS = [
  ["sandbox 19", () => sandboxTarget("19")],
  ["sandbox 14", () => sandboxTarget("14")],
  ["odoo 19", () => realTarget("19")],
  ["odoo 14", () => realTarget("14")],
] as const;

describe.each(TARGETS)("an activity in %s", { timeout: 60_000 }, (name, open) => {
  let database: TestDatabase;
  let target: OdooTarget | null;
  let ctx: TestContext;
  let connection: { id: number; name: string };

  beforeAll(async () => {
    target = await open();
    database = await testDatabase(`activities ${name}`.replace(/\W/g, "_"));
    ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
    connection = { id: await insertConnection(database.sql), name: "Main Odoo" };
  });
  afterAll(async () => {
    await target?.close();
    await database?.drop();
  });

  const odoo = () => {
    if (!target) throw new Error("no target");
    return target;
  };
  const follow = () => {
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 60_000);
    return followActivities(ctx, odoo().client, connection);
  };
  const call = (method: string, ids: number[], args: Record<string, unknown> = {}) =>
    odoo().client.call({ model: "mail.activity", method, ids, args });
  const stateOf = async (id: string) => (await findException(ctx.sql, id))?.state;
  const notesOf = async (id: string) => {
    const found = await findException(ctx.sql, id);
    return listExceptionNotes(ctx.sql, found?.homeId ?? "", id);
  };

  /** An exception, its activity opened in Odoo as the sender does it, and the posting that says so. */
  async function mirrored(kind: ExceptionKind = "scan_late") {
    const reference = `ACT-${randomUUID().slice(0, 8)}`;
    await odoo().orders([reference]);
    const [picking] = await odoo().client.searchRead(
      "stock.picking",
      [["sale_id.client_order_ref", "=", reference]],
      ["company_id"],
    );
    const { id, shipmentId } = await openException(ctx, kind);
    const pickingId = picking?.id ?? 0;
    const key = `exception_activity-${connection.id}-${pickingId}-${id}-open`;
    const desired = {
      kind: "exception_activity",
      marker: id,
      state: "open",
      summary: "No scan for long",
      note: "Ask the carrier",
      dueOn: "2026-12-01",
      userId: null,
      feedback: null,
    } as const;
    const company = Array.isArray(picking?.company_id) ? Number(picking.company_id[0]) : 1;
    const record = { connectionId: connection.id, model: "stock.picking", id: pickingId, companyId: company } as const;
    const request: PostingRequest = { key, correlationId: randomUUID(), record, desired };
    expect(await executePosting(odoo().client, request, { now: Date.now, document: async () => null })).toMatchObject({
      outcome: "accepted",
    });
    await insertPosting(ctx.sql, {
      shipmentId,
      key,
      kind: "exception_activity",
      state: "verified",
      connectionId: connection.id,
      recordId: pickingId,
      desired,
      updatedAt: ctx.now(),
    });
    expect(await follow()).toBe(0);
    const [row] = await ctx.sql<
      { id: number }[]
    >`select activity_id as id from odoo_activity where exception_id = ${id}`;
    expect(row?.id).toBeGreaterThan(0);
    return { id, pickingId, activityId: row?.id ?? 0, shipmentId, key, desired };
  }

  test("that is marked done resolves its exception once, with a note that names who did it", async ({ skip }) => {
    skip(target === null, `no ${name}`);
    const { id, activityId } = await mirrored();
    await call("action_feedback", [activityId], { feedback: "The carrier has it again" });
    expect(await follow()).toBe(1);
    expect(await follow()).toBe(0);
    expect(await stateOf(id)).toBe("resolved");
    const notes = (await notesOf(id)).filter((note) => note.kind === "resolved");
    expect(notes).toHaveLength(1);
    expect(notes[0]?.text).toMatch(/ marked its activity done in Main Odoo/);
    expect(notes[0]?.text).not.toMatch(/Somebody/);
    if (name.endsWith("19")) expect(notes[0]?.text).toContain("The carrier has it again");
    const audits = await ctx.sql`select actor_name, action from audit where subject = ${`exception:${id}`}`;
    expect(audits).toMatchObject([{ actor_name: "Odoo Main Odoo", action: "exceptions.resolve" }]);
  });

  test("that is deleted resolves it, too; one beside it that stands does not", async ({ skip }) => {
    skip(target === null, `no ${name}`);
    const [gone, stays] = [await mirrored(), await mirrored()];
    await call("unlink", [gone.activityId]);
    expect(await follow()).toBe(1);
    expect([await stateOf(gone.id), await stateOf(stays.id)]).toEqual(["resolved", "open"]);
    expect((await notesOf(gone.id)).map((note) => note.text).join()).toContain("deleted in Main Odoo");
    expect(await follow()).toBe(0);
  });

  test("whose summary somebody wrote anew is still the same one", async ({ skip }) => {
    skip(target === null, `no ${name}`);
    const { id, activityId } = await mirrored();
    // the activity of 14 names the argument of its write otherwise than every other model
    const argument = name === "odoo 14" ? "values" : "vals";
    await call("write", [activityId], { [argument]: { summary: "Call DHL" } });
    expect(await follow()).toBe(0);
    expect(await stateOf(id)).toBe("open");
  });

  test("of an exception with a required step leaves it open with a comment, once", async ({ skip }) => {
    skip(target === null, `no ${name}`);
    const { id, activityId } = await mirrored("damaged");
    await call("action_feedback", [activityId], { feedback: "done" });
    expect([await follow(), await follow()]).toEqual([0, 0]);
    expect(await stateOf(id)).toBe("open");
    const comments = (await notesOf(id)).filter((note) => note.kind === "comment");
    expect(comments).toHaveLength(1);
    expect(comments[0]?.text).toContain("It stays open here");
  });

  test("of an exception that was resolved here is followed no more, and its end in Odoo changes nothing", async ({
    skip,
  }) => {
    skip(target === null, `no ${name}`);
    const { id, activityId } = await mirrored();
    const petr = await insertActor(ctx.sql, "support");
    await resolveExceptions(ctx, petr, { target: { ids: [id] }, reason: "found it" });
    await call("action_feedback", [activityId], { feedback: "Resolved in Waypost." });
    expect(await follow()).toBe(0);
    expect((await notesOf(id)).filter((note) => note.kind === "resolved")).toHaveLength(1);
    expect(await ctx.sql`select 1 from odoo_activity where exception_id = ${id}`).toHaveLength(0);
    expect(await follow()).toBe(0);
  });

  test("of a transfer that is gone with it says nothing", async ({ skip }) => {
    skip(target === null || target.sandbox === null, "only where a transfer can be taken away");
    const { id, pickingId, activityId } = await mirrored();
    await ctx.sql`update odoo_activity set picking_id = ${pickingId + 900_000}, activity_id = ${activityId + 900_000} where exception_id = ${id}`;
    expect(await follow()).toBe(0);
    expect(await stateOf(id)).toBe("open");
  });
});
