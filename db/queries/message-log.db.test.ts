import { afterAll, beforeAll, expect, test } from "vitest";
import { readKeyset } from "@/core/keyset";
import { type MessageFilter, messageFilter } from "@/core/messages/filter";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertFeed, insertMessage, insertShipment, tick } from "@/db/testing/rows";
import { findMessage, listEventsOfMessage, listMessages, listReadings, readBody } from "./message-log";

let database: TestDatabase;
let feedId = 0;
let other = 0;
const ids: Record<string, string> = {};
const problem = { kind: "unmapped_code", at: "/status", found: "XX", expected: "a known status" };

beforeAll(async () => {
  database = await testDatabase("messagelog");
  feedId = await insertFeed(database.sql, { slug: "log" });
  other = await insertFeed(database.sql, { slug: "other" });
  await insertMessage(database.sql, { feedId: other, status: "failed", problems: [problem] });
  ids.read = await insertMessage(database.sql, {
    feedId,
    status: "interpreted",
    body: '{"a":"ř"}',
    correlationId: "corr-1",
  });
  await database.sql`update message set name = 'recovered trk_1' where id = ${ids.read}`;
  ids.failed = await insertMessage(database.sql, { feedId, status: "failed", problems: [problem] });
  ids.partly = await insertMessage(database.sql, { feedId, status: "interpreted", problems: [problem, problem] });
  ids.ignored = await insertMessage(database.sql, { feedId, status: "ignored" });
  ids.waiting = await insertMessage(database.sql, { feedId, waiting: true, altered: true });
  ids.mended = await insertMessage(database.sql, { feedId, status: "failed", problems: [problem] });
  await database.sql`insert into interpretation select message_id, received_at, 2, feed_id, 'interpreted', adapter_version, mapping_version, 2, run_id, null, ignored,
    events, repeated, shipment_ids, at from interpretation where message_id = ${ids.mended}`;
  ids.aside = await insertMessage(database.sql, { feedId });
  await database.sql`insert into set_aside (message_id, feed_id, error, attempts) values (${ids.aside}, ${feedId}, 'TypeError: x', 3)`;
});
afterAll(async () => database?.drop());

const names = (rows: { id: string }[]) =>
  rows.map((row) => Object.keys(ids).find((name) => ids[name] === row.id)).sort();
const list = (some: Partial<MessageFilter>, limit = 50, cursor: string | null = null) =>
  listMessages(database.sql, { filter: messageFilter.parse({ feedId, ...some }), after: readKeyset(cursor), limit });

test.each<[MessageFilter["show"], string[]]>([
  ["all", ["aside", "failed", "ignored", "mended", "partly", "read", "waiting"]],
  ["failed", ["failed"]],
  ["problems", ["failed", "partly"]],
  ["ignored", ["ignored"]],
  ["waiting", ["waiting"]],
  ["set_aside", ["aside"]],
  ["altered", ["waiting"]],
  ["recovered", ["read"]],
])("%s shows what the newest reading says, of this feed only", async (show, expected) => {
  expect(names(await list({ show }))).toEqual(expected);
});

test("each row says how far its message came and the first thing that was wrong", async () => {
  const rows = new Map((await list({})).map((row) => [row.id, row]));
  const of = (name: string) => rows.get(ids[name] ?? "");
  expect(of("waiting")).toMatchObject({ status: "waiting", readings: 0, altered: true });
  expect(of("aside")).toMatchObject({ status: "set_aside" });
  expect(of("mended")).toMatchObject({ status: "interpreted", readings: 2, problems: 0 });
  expect(of("partly")).toMatchObject({ status: "interpreted", problems: 2, firstProblem: problem });
});

test("pages follow each other newest first, inside a window of time", async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const rows = await list({}, 3, cursor);
    seen.push(...rows.map((row) => row.id));
    const last = rows[rows.length - 1];
    if (rows.length < 3 || !last) break;
    cursor = `${last.micros}~${last.id}`;
  }
  expect(seen).toEqual([...seen].sort().reverse());
  expect(seen.length).toBe(7);
  expect(await list({ since: tick(3600).toISOString() })).toEqual([]);
  expect((await list({ until: tick().toISOString() })).length).toBe(7);
});

test("finds by receipt, delivery id, hash and correlation id, and not across feeds", async () => {
  const delivered = await insertMessage(database.sql, { feedId, deliveryId: "evt_1", body: "x" });
  await database.sql`insert into message_key (feed_id, delivery, digest, message_id)
    values (${feedId}, 'evt_1', ${"0".repeat(32)}::uuid, ${delivered})`;
  const hashed = await insertMessage(database.sql, { feedId, body: "hashed" });
  const { digest } = (await findMessage(database.sql, hashed)) ?? { digest: "" };
  await database.sql`insert into message_key (feed_id, delivery, digest, message_id) values (${feedId}, '', ${digest.slice(0, 32)}::uuid, ${hashed})`;
  const found = async (search: string, some = {}) => (await list({ search, ...some })).map((row) => row.id);
  expect(await found(ids.read ?? "")).toEqual([ids.read]);
  expect(await found("evt_1")).toEqual([delivered]);
  expect(await found(digest)).toEqual([hashed]);
  expect(await found("corr-1")).toEqual([ids.read]);
  expect(await found("nothing")).toEqual([]);
  expect(await found("evt_1", { feedId: other })).toEqual([]);
});

test("an inspected message has its bytes in stretches, all readings newest first, and its own events", async () => {
  const shipmentId = await insertShipment(database.sql);
  const message = ids.read ?? "";
  await database.sql`update interpretation set shipment_ids = ${[shipmentId]} where message_id = ${message}`;
  for (const [generation, kind] of [
    [1, "unmapped_code"],
    [2, "delivered"],
  ] as const)
    await database.sql`insert into event (shipment_id, key, generation, kind, classifier, received_at, feed_id, message_id, inferred, overall)
      values (${shipmentId}, '00000000-0000-0000-0000-000000000001', ${generation}, ${kind}, 0, now(), ${feedId}, ${message}, false, false)`;
  const body = await readBody(database.sql, message, 0, 1000);
  expect(body?.toString()).toBe('{"a":"ř"}');
  expect((await readBody(database.sql, message, 2, 3))?.toString()).toBe('a":');
  expect(await readBody(database.sql, "018f0000-0000-7000-8000-000000000000", 0, 10)).toBeNull();
  expect(
    (await listReadings(database.sql, ids.mended ?? "")).map((reading) => [reading.number, reading.status]),
  ).toEqual([
    [2, "interpreted"],
    [1, "failed"],
  ]);
  expect((await listEventsOfMessage(database.sql, message, [shipmentId])).map((event) => event.kind)).toEqual([
    "delivered",
  ]);
  expect(await findMessage(database.sql, ids.aside ?? "")).toMatchObject({
    waiting: false,
    kept: true,
    setAside: { attempts: 3 },
  });
  expect(await findMessage(database.sql, ids.waiting ?? "")).toMatchObject({ waiting: true });
});
