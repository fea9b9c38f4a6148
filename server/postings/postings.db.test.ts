import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readKeyset } from "@/core/keyset";
import { OUTBOX_TAB_NAMES, OUTBOX_TABS, type PostingFilter, postingFilter } from "@/core/postings/filter";
import { listPostings } from "@/db/queries/postings";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection, insertPosting, insertReference, insertShipment } from "@/db/testing/rows";
import { type TestContext, testContext } from "../testing/context";
import { cancelPostings } from "./cancel";
import { exportPostings } from "./export";
import { countOutbox, getPosting, readOutbox } from "./outbox";

let database: TestDatabase;
let ctx: TestContext;
let connection = 0;
const all = postingFilter.parse({});

beforeAll(async () => {
  database = await testDatabase("postings");
  connection = await insertConnection(database.sql);
  const states = [
    "planned",
    "held",
    "sending",
    "posted",
    "verified",
    "rejected",
    "unconfirmed",
    "dead",
    "superseded",
    "cancelled",
  ];
  for (let i = 0; i < 60; i++) {
    const state = states[i % states.length];
    const recordName = `WH/OUT/${String(i).padStart(5, "0")}`;
    const shipmentId = await insertShipment(database.sql, { name: recordName });
    await insertReference(database.sql, { shipmentId, value: recordName, kind: "odoo_picking" });
    await insertPosting(database.sql, {
      shipmentId,
      state,
      kind: ["tracking_number", "status_note", "transfer_validated"][i % 3],
      heldBecause: state === "held" ? (["observe", "paused"][i % 4 === 1 ? 0 : 1] ?? null) : null,
      connectionId: i % 2 === 0 ? connection : connection + 99,
      recordName,
    });
  }
});
afterAll(async () => database?.drop());
beforeEach(() => {
  ctx = testContext(database);
});

async function everything(filter: PostingFilter): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof readOutbox>> = await readOutbox(ctx, { filter, cursor, limit: 7 });
    ids.push(...page.items.map((row) => row.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(new Set(ids).size).toBe(ids.length);
  return ids;
}

describe("outbox", () => {
  test.each<[string, Partial<PostingFilter>]>([
    ["nothing", {}],
    ["two kinds", { kind: ["status_note", "tracking_number"] }],
    ["a tab and a kind", { state: ["posted", "verified"], kind: ["status_note"] }],
    ["a reason to wait", { held: ["observe"] }],
    ["the start of a picking's name", { search: "wh/out/0001" }],
  ])("counts of tabs and facets equal the lists one click away, filtered by %s", async (_name, some) => {
    const filter = { ...all, ...some };
    const counts = await countOutbox(ctx, filter);
    if (filter.search) expect((await everything(filter)).length).toBe(10);
    for (const tab of OUTBOX_TAB_NAMES) {
      const list = await everything({ ...filter, state: [...OUTBOX_TABS[tab]] });
      expect([tab, list.length]).toEqual([tab, counts.tabs[tab].count]);
    }
    for (const { value, count } of counts.kind)
      expect((await everything({ ...filter, kind: [value] })).length).toBe(count);
    for (const { value, count } of counts.connection)
      expect((await everything({ ...filter, connection: [value] })).length).toBe(count);
    for (const { value, count } of counts.held)
      expect((await everything({ ...filter, held: [value] })).length).toBe(count);
  });

  test("is found by posting id, shipment and key, and shows its shipment's name", async () => {
    const shipmentId = await insertShipment(database.sql, { name: "WH/OUT/77777" });
    const posting = await insertPosting(database.sql, {
      shipmentId,
      key: "tracking_number-1-42-abc",
      connectionId: connection,
    });
    for (const search of [posting.id, shipmentId, posting.key]) {
      const rows = await listPostings(database.sql, { filter: { ...all, search }, after: readKeyset(null), limit: 5 });
      expect(rows.map((row) => [row.id, row.shipmentName])).toEqual([[posting.id, "WH/OUT/77777"]]);
    }
  });

  test("an attempt and its outcome are one row, with Odoo's sentence", async () => {
    const posting = await insertPosting(database.sql, { connectionId: connection });
    const [announced] =
      await database.sql`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, request, owner)
      values (gen_random_uuid(), now(), ${posting.shipmentId}, ${posting.key}, 1, 'send', '{"method":"write"}', 'w') returning id`;
    await database.sql`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, outcome, reason, duration_ms, owner, of)
      values (gen_random_uuid(), now(), ${posting.shipmentId}, ${posting.key}, 1, 'send', 'rejected', 'You cannot do this.', 42, 'w', ${announced?.id})`;
    const { attempts, odooLink } = await getPosting(ctx, posting.id);
    expect(attempts).toMatchObject([
      { outcome: "rejected", reason: "You cannot do this.", durationMs: 42, request: { method: "write" } },
    ]);
    await database.sql`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, owner)
      values (gen_random_uuid(), now() + interval '1 minute', ${posting.shipmentId}, ${posting.key}, 2, 'send', 'w')`;
    await database.sql`insert into posting_attempt (id, started_at, shipment_id, posting_key, number, purpose, outcome, owner)
      values (gen_random_uuid(), now() + interval '2 minutes', ${posting.shipmentId}, ${posting.key}, 2, 'look_up', 'absent', 'w')`;
    const later = (await getPosting(ctx, posting.id)).attempts.map((one) => [one.number, one.purpose, one.outcome]);
    expect(later).toEqual([
      [2, "look_up", "absent"],
      [2, "send", null],
      [1, "send", "rejected"],
    ]);
    expect(odooLink).toBeNull();
    await database.sql`update odoo_connection set version = '19.0' where id = ${connection}`;
    expect((await getPosting(ctx, posting.id)).odooLink).toBe("http://127.0.0.1:9/odoo/stock.picking/42");
    await expect(getPosting(ctx, ctx.uuid())).rejects.toMatchObject({ code: "not_found" });
  });
});

test("an export has every posting of the filter, leaves an audit row, and refuses who may not see them", async () => {
  const support = await insertActor(database.sql, "support");
  const executive = await insertActor(database.sql, "executive");
  let text = "";
  for await (const part of await exportPostings(ctx, support, { ...all, state: ["rejected"] })) text += part;
  const { tabs } = await countOutbox(ctx, all);
  expect(text.trim().split("\r\n").length).toBe(tabs.rejected.count + 1);
  expect(await database.sql`select action from audit where actor_id = ${support.id}`).toMatchObject([
    { action: "postings.export" },
  ]);
  await expect(exportPostings(ctx, executive, all)).rejects.toMatchObject({ code: "forbidden" });
});

describe("cancelling", () => {
  test("takes what waits, leaves what was sent, and audits each", async () => {
    const support = await insertActor(database.sql, "support");
    const planned = await insertPosting(database.sql, { state: "planned" });
    const held = await insertPosting(database.sql, { state: "held", heldBecause: "observe" });
    const sending = await insertPosting(database.sql, { state: "sending" });
    const ids = [planned.id, held.id, sending.id];
    expect(await cancelPostings(ctx, support, { ids, reason: "wrong number" })).toEqual({ cancelled: 2, left: 1 });
    const rows =
      await database.sql`select state, held_because, last_reason from posting where id = any(${ids}) order by created_at`;
    expect(rows.map((row) => [row.state, row.held_because])).toEqual([
      ["cancelled", null],
      ["cancelled", null],
      ["sending", null],
    ]);
    expect(rows[0]?.last_reason).toBe("Cancelled by The support: wrong number");
    const audits =
      await database.sql`select subject, before from audit where action = 'postings.cancel' order by subject`;
    expect(audits.length).toBe(2);
    await expect(cancelPostings(ctx, support, { ids, reason: "again" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("refuses who may not repost", async () => {
    const finance = await insertActor(database.sql, "finance");
    const { id } = await insertPosting(database.sql);
    await expect(cancelPostings(ctx, finance, { ids: [id], reason: "x" })).rejects.toMatchObject({ code: "forbidden" });
    expect(await database.sql`select state from posting where id = ${id}`).toEqual([{ state: "planned" }]);
  });
});
