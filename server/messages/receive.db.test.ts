import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instantOfUuidV7 } from "@/core/ids";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { type Arrival, makeReceiver } from "./receive";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("receive");
});
afterAll(async () => database?.drop());

const log = pino({ level: "silent" });
const receiver = () => makeReceiver({ sql: database.sql, now: () => new Date(), log });

let feedId = 0;
function arrival(text: string, more: Partial<Arrival> = {}): Arrival {
  return {
    feed: { id: feedId, adapter: "easypost", urgency: 1 },
    bytes: Buffer.from(text),
    contentType: "application/json",
    headers: { "user-agent": 'a "test" \\ with {braces}' },
    name: null,
    correlationId: "c-1",
    verdict: "verified",
    ...more,
  };
}
const event = (id: string, code: string) => JSON.stringify({ id: `evt_${id}`, result: { tracking_code: code } });

test("a message is stored with its key and its place in the inbox, and its receipt tells the instant of receipt", async () => {
  feedId = 1;
  const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i));
  const [kept] = await receiver().receive([arrival("", { bytes })]);
  if (!kept?.ok) throw new Error("not kept");
  expect(kept.duplicate).toBe(false);
  const [row] = await database.sql`select m.*, i.lane as inbox_lane, i.urgency, i.size as inbox_size, k.delivery
    from message m join inbox i on i.message_id = m.id join message_key k on k.message_id = m.id where m.id = ${kept.receipt}`;
  expect(row?.received_at.getTime()).toBe(instantOfUuidV7(kept.receipt));
  expect(row?.body).toEqual(bytes);
  expect(row?.digest.toString("hex")).toBe("40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880");
  expect(row).toMatchObject({ size: 256, inbox_size: 256, urgency: 1, delivery: "", delivery_id: null, altered: 0 });
  expect(row?.inbox_lane).toBe(row?.lane);
  expect(row?.headers).toEqual({ "user-agent": 'a "test" \\ with {braces}' });
});

test("fifty identical messages at once are one message and forty-nine duplicates with its receipt", async () => {
  feedId = 2;
  const door = receiver();
  const kept = await Promise.all(Array.from({ length: 50 }, () => door.receive([arrival(event("same", "1Z1"))])));
  const all = kept.flat();
  expect(all.filter((k) => k.ok && !k.duplicate)).toHaveLength(1);
  expect(new Set(all.map((k) => (k.ok ? k.receipt : "none"))).size).toBe(1);
  const [count] = await database.sql`select count(*)::int as n from message where feed_id = 2`;
  expect(count?.n).toBe(1);
});

test("two processes that store the same messages in opposite order agree on one receipt each", async () => {
  feedId = 3;
  const [one, two] = [receiver(), receiver()];
  const texts = Array.from({ length: 400 }, (_, i) => `{"n":${i}}`);
  const [a, b] = await Promise.all([
    one.receive(texts.map((t) => arrival(t))),
    two.receive(texts.toReversed().map((t) => arrival(t))),
  ]);
  const receipts = a.map((k) => (k.ok ? k.receipt : "a"));
  expect(b.map((k) => (k.ok ? k.receipt : "b")).toReversed()).toEqual(receipts);
  expect([...a, ...b].filter((k) => k.ok && !k.duplicate)).toHaveLength(400);
});

test("a duplicate much later has the first one's receipt, and no second place in the inbox", async () => {
  feedId = 4;
  const [first] = await receiver().receive([arrival(event("late", "1Z2"))]);
  await database.sql`delete from inbox`;
  const [second] = await receiver().receive([arrival(event("late", "1Z2"))]);
  expect(second).toEqual({ ...first, duplicate: true });
  const [count] = await database.sql`select count(*)::int as n from inbox`;
  expect(count?.n).toBe(0);
});

test("the same delivery id with other bytes is stored and flagged, together or apart", async () => {
  feedId = 5;
  const door = receiver();
  const together = await door.receive([arrival(event("x", "1Z3")), arrival(event("x", "1Z4"))]);
  const apart = await door.receive([arrival(event("x", "1Z5")), arrival(event("y", "1Z6"))]);
  expect([...together, ...apart].every((k) => k.ok && !k.duplicate)).toBe(true);
  const rows = await database.sql`select altered from message where feed_id = 5 order by id`;
  expect(rows.map((r) => r.altered).sort()).toEqual([0, 0, 1, 1]);
});

test("one impossible message is refused alone and the others of its statement are stored", async () => {
  feedId = 6;
  const arrivals = Array.from({ length: 100 }, (_, i) => arrival(`{"n":${i}}`));
  for (const i of [0, 41, 99]) arrivals[i] = arrival(`{"bad":${i}}`, { name: "a\0b" });
  const kept = await receiver().receive(arrivals);
  expect(kept.flatMap((k, i) => (k.ok ? [] : [i]))).toEqual([0, 41, 99]);
  expect(kept.flatMap((k) => (k.ok ? [] : [k.reason]))).toEqual(["refused", "refused", "refused"]);
  const [count] = await database.sql`select count(*)::int as n from message where feed_id = 6`;
  expect(count?.n).toBe(97);
});

test("messages of one tracking number share a lane and keep the order of their batch", async () => {
  feedId = 7;
  const kept = await receiver().receive(Array.from({ length: 20 }, (_, i) => arrival(event(`o${i}`, "1Z999"))));
  const receipts = kept.map((k) => (k.ok ? k.receipt : ""));
  expect(receipts).toEqual(receipts.toSorted());
  const rows = await database.sql`select distinct lane from message where feed_id = 7`;
  expect(rows).toHaveLength(1);
});

test("the workers are notified of what was stored", async () => {
  feedId = 8;
  let heard = 0;
  const listener = await database.sql.listen("waypost_inbox", () => heard++);
  await receiver().receive([arrival(event("n", "1Z7"))]);
  await expect.poll(() => heard, { timeout: 2000 }).toBeGreaterThan(0);
  await listener.unlisten();
});

test("what cannot wait any more is not taken", async () => {
  feedId = 9;
  const small = makeReceiver({ sql: database.sql, now: () => new Date(), log }, { waitingMessages: 2 });
  const kept = await small.receive([arrival("1"), arrival("2"), arrival("3")]);
  expect(kept.map((k) => k.ok)).toEqual([true, true, false]);
  await small.idle();
  expect(small.waiting()).toEqual({ messages: 0, bytes: 0 });
});

test("a database that hangs is answered for within the deadline", async () => {
  feedId = 10;
  const impatient = makeReceiver({ sql: database.sql, now: () => new Date(), log }, { deadlineMs: 300 });
  let release = () => {};
  const locked = database.sql.begin(async (tx) => {
    await tx`lock table message_key in access exclusive mode`;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await expect
    .poll(
      async () =>
        (
          await database.sql`select 1 from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'message_key'::regclass`
        ).length,
    )
    .toBe(1);
  const [kept] = await impatient.receive([arrival("{}")]);
  expect(kept).toMatchObject({ ok: false, reason: "unavailable" });
  release();
  await locked;
  await impatient.idle();
});

test("bytes are kept as they came, whatever they are and whatever else is in their statement", async () => {
  feedId = 11;
  const bodies = [
    Buffer.from('{"city":"München","sign":"✓ 🚚"}'),
    Buffer.from("\ufeff{}"),
    Buffer.from("a\0b"),
    Buffer.from([0xff, 0xfe, 0x80]),
    Buffer.from([0x22, 0xc3]),
    Buffer.from([0xa9, 0x22]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from("\\x41 \\ '$1'"),
  ];
  const stored = async (bytes: Buffer) => {
    const rows =
      await database.sql`select 1 from message where feed_id = 11 and body = decode(${bytes.toString("hex")}, 'hex')
      and digest = sha256(body) and size = length(body)`;
    return rows.length;
  };
  const door = receiver();
  for (const bytes of bodies) await door.receive([arrival("", { bytes })]);
  for (const bytes of bodies) expect(await stored(bytes)).toBe(1);
  await database.sql`delete from message_key where feed_id = 11`;
  await database.sql`delete from message where feed_id = 11`;
  // the fifth and sixth are UTF-8 only together
  for (const batch of [bodies.slice(0, 2), bodies.slice(4, 6), [...bodies.slice(2, 4), ...bodies.slice(6)]]) {
    const kept = await door.receive(batch.map((bytes) => arrival("", { bytes })));
    expect(kept.every((one) => one.ok && !one.duplicate)).toBe(true);
  }
  for (const bytes of bodies) expect(await stored(bytes)).toBe(1);
});

test("texts beside the body are kept as they came", async () => {
  feedId = 12;
  const texts = ["NULL", "null", "{a,b}", 'a "quoted" \\ word', "a,b", " ", "'$1'", "Zürich ✓"];
  await receiver().receive(
    texts.map((text, i) =>
      arrival(`{"n":${i}}`, { name: text, correlationId: text, contentType: text, headers: { text } }),
    ),
  );
  const rows = await database.sql`select name, correlation_id, content_type, headers from message where feed_id = 12`;
  const sorted = (values: string[]) => values.toSorted();
  for (const column of ["name", "correlation_id", "content_type"]) {
    expect(sorted(rows.map((row) => row[column]))).toEqual(sorted(texts));
  }
  expect(sorted(rows.map((row) => row.headers.text))).toEqual(sorted(texts));
});

test("a statement that hangs holds up only its own messages: the next ones go beside it", async () => {
  feedId = 13;
  const door = receiver();
  let release = () => {};
  const held = database.sql.begin(async (tx) => {
    await tx`insert into message_key (digest, feed_id, delivery, message_id)
      select substr(encode(sha256('stuck'), 'hex'), 1, 32)::uuid, 13, '', '0b000000-0000-0000-0000-000000000000'`;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await expect
    .poll(async () => (await database.sql`select 1 from pg_locks where relation = 'message_key'::regclass`).length)
    .toBeGreaterThan(0);
  let stuckIsDone = false;
  const stuck = door.receive([arrival("stuck")]).then((kept) => {
    stuckIsDone = true;
    return kept;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [beside] = await door.receive([arrival("beside")]);
  expect(beside?.ok).toBe(true);
  expect(stuckIsDone).toBe(false);
  release();
  await held;
  expect(await stuck).toEqual([{ ok: true, receipt: "0b000000-0000-0000-0000-000000000000", duplicate: true }]);
});
