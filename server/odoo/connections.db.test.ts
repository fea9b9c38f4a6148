import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectionChangeInput, newConnectionInput } from "@/core/odoo/connection-input";
import { findConnection } from "@/db/queries/odoo";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertPosting } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { type TestContext, testContext } from "../testing/context";
import { connectOdoo } from "./connect";
import { dryRunKind } from "./dry-run-kind";
import { readConnections } from "./overview";
import { pauseConnection } from "./pause";
import { resumeConnection } from "./resume";
import { switchKind } from "./switch-kind";
import { testOdoo } from "./test";
import { updateConnection } from "./update";

let database: TestDatabase;
let ctx: TestContext;
let admin: PersonActor;
let support: PersonActor;
let n = 0;

beforeAll(async () => {
  database = await testDatabase("connections");
  admin = await insertActor(database.sql, "administrator");
  support = await insertActor(database.sql, "support");
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database, new Date("2026-11-20T10:00:00Z"));
});

const KEY = "0123456789abcdef0123456789abcdef01234567";
const input = (some: Record<string, unknown> = {}) =>
  newConnectionInput.parse({
    name: `Odoo ${n++}`,
    url: "http://127.0.0.1:9",
    database: "db",
    login: "waypost",
    key: KEY,
    ...some,
  });

async function changeOf(id: number, some: Record<string, unknown>) {
  const connection = await findConnection(database.sql, id);
  return connectionChangeInput.parse({ ...connection, seen: connection?.updatedAt, ...some });
}

describe("a connection", () => {
  test("observes when made; its key is sealed, in no audit row and in no answer", async () => {
    const { id } = await connectOdoo(ctx, admin, input());
    const found = (await readConnections(ctx)).find((one) => one.connection.id === id);
    expect(found?.connection).toMatchObject({ observing: true, kinds: {}, keyHint: "4567", state: "active" });
    const [row] = await database.sql`select sealed_key from odoo_connection where id = ${id}`;
    expect(row?.sealed_key.includes(Buffer.from(KEY))).toBe(false);
    const told = await database.sql`select * from audit where subject = ${`connection:${id}`}`;
    expect(JSON.stringify([found, told])).not.toContain(KEY);
  });

  test("refuses who may not, a taken name, and plain http to another machine", async () => {
    await expect(connectOdoo(ctx, support, input())).rejects.toMatchObject({ code: "forbidden" });
    const { name } = input();
    await connectOdoo(ctx, admin, input({ name }));
    await expect(connectOdoo(ctx, admin, input({ name }))).rejects.toMatchObject({ code: "conflict" });
    await expect(connectOdoo(ctx, admin, input({ url: "http://odoo.example.com" }))).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test("takes changes, but never sends a stored key to another address or login", async () => {
    const { id } = await connectOdoo(ctx, admin, input());
    await updateConnection(ctx, admin, await changeOf(id, { ratePerSecond: 5 }));
    expect((await findConnection(database.sql, id))?.ratePerSecond).toBe(5);
    for (const elsewhere of [{ url: "http://127.0.0.1:10" }, { database: "other" }, { login: "other" }]) {
      await expect(updateConnection(ctx, admin, await changeOf(id, elsewhere))).rejects.toMatchObject({
        code: "invalid",
      });
      await updateConnection(ctx, admin, await changeOf(id, { ...elsewhere, key: `${KEY}x` }));
    }
    const [audit] =
      await database.sql`select before, after from audit where subject = ${`connection:${id}`} and action = 'odoo.update' order by id limit 1`;
    expect(audit).toEqual({ before: { ratePerSecond: 20 }, after: { ratePerSecond: 5 } });
  });

  test("refuses a change of who may not and one over somebody else's", async () => {
    const { id } = await connectOdoo(ctx, admin, input());
    const stale = await changeOf(id, { ratePerSecond: 3 });
    await expect(updateConnection(ctx, support, stale)).rejects.toMatchObject({ code: "forbidden" });
    ctx.clock.at = new Date(ctx.clock.at.getTime() + 1000);
    await updateConnection(ctx, admin, await changeOf(id, { ratePerSecond: 4 }));
    await expect(updateConnection(ctx, admin, stale)).rejects.toMatchObject({ code: "conflict" });
  });

  test("is paused and resumed one way at a time, by those who may", async () => {
    const { id } = await connectOdoo(ctx, admin, input());
    await expect(pauseConnection(ctx, support, { id })).rejects.toMatchObject({ code: "forbidden" });
    await expect(resumeConnection(ctx, admin, { id })).rejects.toMatchObject({ code: "conflict" });
    await pauseConnection(ctx, admin, { id });
    await expect(pauseConnection(ctx, admin, { id })).rejects.toMatchObject({ code: "conflict" });
    await expect(resumeConnection(ctx, support, { id })).rejects.toMatchObject({ code: "forbidden" });
    await resumeConnection(ctx, admin, { id });
    expect((await findConnection(database.sql, id))?.state).toBe("active");
  });
});

describe("a posting kind", () => {
  const kind = "status_note" as const;
  async function withHeld() {
    const { id } = await connectOdoo(ctx, admin, input());
    const held = { connectionId: id, kind, level: false, state: "held", heldBecause: "observe" };
    const old = await insertPosting(database.sql, { ...held, receivedAt: new Date("2026-11-20T09:00:00Z") });
    const fresh = await insertPosting(database.sql, { ...held, receivedAt: new Date("2026-11-20T11:00:00Z") });
    const level = await insertPosting(database.sql, { ...held, level: true, kind: "tracking_number" });
    return { id, old, fresh, level };
  }
  const stateOf = async (posting: { id: string }) =>
    (await database.sql`select state, held_because from posting where id = ${posting.id}`).map((row) => [
      row.state,
      row.held_because,
    ])[0];

  test("goes on only after its dry run, frees what the dry run showed, and leaves older facts unposted", async () => {
    const { id, old, fresh, level } = await withHeld();
    await expect(switchKind(ctx, admin, { id, kind, to: "on" })).rejects.toMatchObject({ code: "precondition" });
    ctx.clock.at = new Date("2026-11-20T10:30:00Z");
    const dry = await dryRunKind(ctx, admin, { id, kind });
    expect([dry.would, dry.kept, dry.rows.map((row) => row.id)]).toEqual([1, 1, [fresh.id]]);
    expect(await stateOf(fresh)).toEqual(["held", "observe"]);
    expect(await switchKind(ctx, admin, { id, kind, to: "on" })).toEqual({ moved: 1, kept: 1 });
    expect(await stateOf(fresh)).toEqual(["planned", null]);
    expect(await stateOf(old)).toEqual(["held", "before_connection"]);
    expect(await stateOf(level)).toEqual(["held", "observe"]);
    expect(await findConnection(database.sql, id)).toMatchObject({
      observing: false,
      kinds: { [kind]: "on" },
      postSince: ctx.now(),
    });
    await expect(switchKind(ctx, admin, { id, kind, to: "on" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("goes off and holds what is planned; a dry run of yesterday is too old to go on again", async () => {
    const { id, fresh } = await withHeld();
    await dryRunKind(ctx, admin, { id, kind });
    await switchKind(ctx, admin, { id, kind, to: "on" });
    expect(await switchKind(ctx, admin, { id, kind, to: "off" })).toEqual({ moved: 1, kept: 0 });
    expect(await stateOf(fresh)).toEqual(["held", "kind_off"]);
    ctx.clock.at = new Date("2026-11-21T10:00:01Z");
    await expect(switchKind(ctx, admin, { id, kind, to: "on" })).rejects.toMatchObject({ code: "precondition" });
  });

  test("refuses who may not look or switch", async () => {
    const { id } = await withHeld();
    await expect(dryRunKind(ctx, support, { id, kind })).rejects.toMatchObject({ code: "forbidden" });
    await expect(switchKind(ctx, support, { id, kind, to: "on" })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("a connection test", () => {
  test("says in words that nothing answers, and keeps that with a stored connection", async () => {
    const { id } = await connectOdoo(ctx, admin, input());
    const report = await testOdoo(ctx, admin, { id });
    expect(report.usable).toBe(false);
    expect(report.findings.some((finding) => finding.severity === "error")).toBe(true);
    expect((await findConnection(database.sql, id))?.lastTest).toMatchObject({
      usable: false,
      at: ctx.now().toISOString(),
    });
  });

  test("of settings that are not stored leaves nothing behind, and refuses who may not", async () => {
    const strange = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => strange.listen(0, "127.0.0.1", resolve));
    const address = strange.address();
    const { url: _url, name: _name, ...settings } = input();
    const ask = { ...settings, url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}` };
    try {
      expect((await testOdoo(ctx, admin, ask)).usable).toBe(false);
      await expect(testOdoo(ctx, support, ask)).rejects.toMatchObject({ code: "forbidden" });
    } finally {
      strange.close();
    }
  });
});
