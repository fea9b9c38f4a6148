import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findHistory } from "@/db/queries/odoo-history";
import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import type { PersonActor } from "../access/actor";
import type { Context } from "../context";
import { type Worker, workDue } from "../pipeline/work";
import { seal } from "../seal";
import { makeTestContext } from "../testing/workspace";
import { OdooClients } from "./clients";
import { hintAddress, hintSecret, makeHints } from "./hint";
import { getConnection } from "./overview";
import { pauseHistoryOf } from "./pause-history";
import { type PollState, pollConnection } from "./poll";
import { resumeHistoryOf } from "./resume-history";

let database: TestDatabase;
let sandbox: Sandbox;
let ctx: Context;
let admin: PersonActor;
let support: PersonActor;
let connection: WorkingConnection;
const clients = new OdooClients();
const clock = { atMs: 0 };

/** Odoo's clock stands so many ms before ours; what it writes is never older than what it wrote before. */
let behindMs = 10 * 3_600_000;
const realNow = Date.now;

function orderAgo(ms: number, clientOrderRef: string): void {
  behindMs = ms;
  sandbox.order({ clientOrderRef });
  behindMs = 0;
}

beforeAll(async () => {
  vi.spyOn(Date, "now").mockImplementation(() => realNow() - behindMs);
  database = await testDatabase("history");
  sandbox = await startSandboxOdoo({ port: 0, version: "19", seed: false });
  for (let i = 0; i < 8; i++) orderAgo((9 - i) * 3_600_000, `PO-H${i}`);
  clock.atMs = realNow() + 5_000;
  ctx = makeTestContext(database, { now: () => new Date(clock.atMs) });
  admin = await insertActor(database.sql, "administrator");
  support = await insertActor(database.sql, "support");
  const kinds = { tracking_number: "on", transfer_validated: "on", status_note: "on" };
  await ctx.sql`insert into odoo_connection (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, poll_seconds)
    values ('Sandbox', ${sandbox.url}, ${sandbox.db}, ${sandbox.login}, ${seal(ctx.config.secretKey, sandbox.key)}, '', false, ${ctx.sql.json(kinds)}, now() - interval '1 hour', 0)`;
  [connection] = (await workingConnections(ctx.sql)) as [WorkingConnection];
}, 60_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await sandbox?.close();
  await database?.drop();
});

const stateOf = (some: Partial<PollState> = {}): PollState => ({
  polledAtMs: 0,
  deletionsAtMs: clock.atMs,
  contactsAtMs: clock.atMs,
  activitiesAtMs: clock.atMs,
  ...some,
});
const poll = (context: Context = ctx, some: Partial<PollState> = {}) =>
  pollConnection(context, clients, connection, stateOf(some));
const stored = async () => {
  const [row] =
    await ctx.sql`select count(*)::int as messages, count(*) filter (where name like 'backfill %')::int as history,
    count(distinct name)::int as records from message`;
  return row;
};

/** A context whose process dies when it is about to note how far it read. */
function dying(): Context {
  const sql = new Proxy(ctx.sql, {
    get: (target, name) =>
      name === "begin"
        ? (...args: unknown[]) => {
            const text = String(args.at(-1));
            if (text.includes("saveWatermarks")) throw new Error("killed");
            return (target.begin as (...all: unknown[]) => unknown)(...args);
          }
        : Reflect.get(target, name),
  }) as Context["sql"];
  return { ...ctx, sql };
}

test("a history says what was found before it is read; it is read in stretches, and a kill in the middle doubles nothing", async () => {
  const few = { most: 3 };
  await expect(poll(dying(), few)).rejects.toThrow("killed");
  const begun = await findHistory(ctx.sql, connection.id);
  expect(begun).toMatchObject({ found: { orders: 8, pickings: 8 }, doneAt: null });
  const first = (await stored())?.messages as number;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(16);
  // the next process knows nothing but what is stored: it reads the same stretch again
  const again = new OdooClients();
  expect(await pollConnection(ctx, again, connection, stateOf(few))).toBe(true);
  expect(await stored()).toEqual({ messages: first, history: first, records: first });
  const halfway = await getConnection(ctx, connection.id);
  expect(halfway.history?.progress).toMatchObject({ found: 16, read: first, remaining: 16 - first });
  let more = true;
  for (let i = 0; more; i++) {
    expect(i).toBeLessThan(20);
    more = await pollConnection(ctx, again, connection, stateOf(few));
  }
  expect(await stored()).toEqual({ messages: 16, history: 16, records: 16 });
  const { history } = await getConnection(ctx, connection.id);
  expect(history).toMatchObject({
    startedAt: begun?.startedAt,
    doneAt: expect.any(String),
    read: { orders: 8, pickings: 8 },
  });
  expect(history?.progress).toMatchObject({ found: 16, read: 16, remaining: 0, percent: 100 });
});

test("what comes after it is no history, and is read once however the overlap is read again", async () => {
  const worker: Worker = { slot: 0, environment: undefined };
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0) {}
  orderAgo(0, "PO-NEW");
  for (let i = 0; i < 3; i++) {
    clock.atMs += 10_000;
    await poll();
  }
  const fresh = await ctx.sql`select name from message where name not like 'backfill %' order by name`;
  expect(new Set(fresh.map((row) => row.name)).size).toBe(2);
  expect(fresh.length).toBeLessThanOrEqual(4);
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0) {}
  expect(await ctx.sql`select count(*)::int as n from shipment`).toEqual([{ n: 9 }]);
});

test("what a long transaction wrote shows late with an old date, and is found in the overlap", async () => {
  // another record, written a minute later, was read before it showed
  const later = `${new Date(realNow() + 60_000).toISOString().slice(0, 19)}Z`;
  await ctx.sql`update odoo_watermark set watermark = ${later}, seen = '[]' where model in ('sale.order', 'stock.picking', 'stock.move', 'stock.move.line')`;
  orderAgo(0, "PO-LATE");
  await poll();
  const worker: Worker = { slot: 0, environment: undefined };
  while ((await workDue(ctx, worker, new AbortController().signal)) > 0) {}
  expect(await ctx.sql`select 1 as found from reference where said = 'PO-LATE' and kind = 'customer_po'`).toHaveLength(
    1,
  );
});

test("a paused history reads nothing until it goes on; both are audited and need the right", async () => {
  await ctx.sql`delete from odoo_watermark`;
  await ctx.sql`delete from odoo_mirror`;
  await expect(pauseHistoryOf(ctx, admin, { id: connection.id })).rejects.toMatchObject({ code: "not_found" });
  await expect(poll(dying())).rejects.toThrow("killed");
  await expect(pauseHistoryOf(ctx, support, { id: connection.id })).rejects.toMatchObject({ code: "forbidden" });
  await pauseHistoryOf(ctx, admin, { id: connection.id });
  await expect(pauseHistoryOf(ctx, admin, { id: connection.id })).rejects.toMatchObject({ code: "conflict" });
  expect(await poll()).toBe(false);
  expect(await ctx.sql`select 1 from odoo_watermark where model = 'stock.picking'`).toEqual([]);
  await expect(resumeHistoryOf(ctx, support, { id: connection.id })).rejects.toMatchObject({ code: "forbidden" });
  await resumeHistoryOf(ctx, admin, { id: connection.id });
  await poll();
  expect(await findHistory(ctx.sql, connection.id)).toMatchObject({
    pausedAt: null,
    doneAt: expect.any(String),
    read: { orders: 10, pickings: 10 },
  });
  const acts = await ctx.sql`select action from audit where action like 'odoo.%_history' order by at, id`;
  expect(acts.map((row) => row.action)).toEqual(["odoo.pause_history", "odoo.resume_history"]);
});

test("a hint with the secret wakes the poll of its connection once a second; a wrong one tells nothing", async () => {
  const woken: string[] = [];
  const { unlisten } = await ctx.sql.listen("waypost_odoo_hint", (id) => woken.push(id));
  const take = makeHints(ctx);
  const secret = hintSecret(ctx.config.secretKey, connection.id, 1);
  expect((await hintAddress(ctx, admin, connection.id)).url).toContain(
    `/api/odoo/${connection.id}/hint?secret=${secret}`,
  );
  await expect(hintAddress(ctx, support, connection.id)).rejects.toMatchObject({ code: "forbidden" });
  for (const [id, said] of [
    [connection.id, ""],
    [connection.id, `${secret}x`],
    [connection.id, secret.toUpperCase()],
    [999, secret],
    [999, hintSecret(ctx.config.secretKey, 999, 1)],
  ] as const)
    expect(await take(id, said)).toEqual({ status: 404 });
  const answers = await Promise.all(Array.from({ length: 60 }, () => take(connection.id, secret)));
  expect(answers.filter((answer) => answer.status === 202)).toHaveLength(50);
  expect(answers.find((answer) => answer.status === 429)?.retryAfterSeconds).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  expect(woken).toEqual([String(connection.id), String(connection.id)]);
  expect((await getConnection(ctx, connection.id)).hintedAt).not.toBe(null);
  await unlisten();
});
