import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkProof } from "@/core/proof/check";
import type { Proof } from "@/core/proof/proof";
import { linkInWords } from "@/core/proof/words";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import type { Context } from "../context";
import { Leadership } from "../jobs/leadership";
import { OdooClients } from "../odoo/clients";
import { pollDue, sendDue } from "../odoo/work";
import { type Worker, workDue } from "../pipeline/work";
import { makeSender } from "../postings/sender-state";
import { connectTarget, type OdooTarget, sandboxTarget } from "../testing/odoo-target";
import { sendScan } from "../testing/scans";
import { makeTestContext, makeTestFeed, type TestFeed } from "../testing/workspace";
import { buildProof } from "./build";
import { rotateProofKey } from "./keys";
import { checkTools } from "./signer";

let database: TestDatabase;
let ctx: Context;
let odoo: OdooTarget;
let carrier: TestFeed<"easypost">;
let leadership: Leadership;
let shipmentId: string;
let support: PersonActor;
let executive: PersonActor;
let finance: PersonActor;
const clients = new OdooClients();
const worker: Worker = { slot: 0, environment: undefined };

beforeAll(async () => {
  database = await testDatabase("tamper");
  ctx = makeTestContext(database);
  support = await insertActor(database.sql, "support");
  executive = await insertActor(database.sql, "executive");
  finance = await insertActor(database.sql, "finance");
  odoo = await sandboxTarget();
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  await connectTarget(ctx, odoo, { pollSeconds: 0, settleMs: 500 });
  leadership = new Leadership(ctx);
  await odoo.orders(["PO-T"]);
  await settle();
  const [row] = await ctx.sql<
    { id: string }[]
  >`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    select '1ZTAMPER', 'tracking_number', 'ups', shipment_id, '1ZTAMPER', ${carrier.id}, true, gen_random_uuid() from shipment returning shipment_id as id`;
  shipmentId = row?.id as string;
  await sendScan(ctx, carrier, { id: "t1", code: "1ZTAMPER", status: "in_transit", minutesAgo: 30 });
  await sendScan(ctx, carrier, { id: "t2", code: "1ZTAMPER", status: "delivered", minutesAgo: 1 });
  await settle();
  await settle();
}, 60_000);
afterAll(async () => {
  await leadership?.release();
  await odoo?.close();
  await database?.drop();
});

async function settle(): Promise<void> {
  const sender = makeSender("tamper", 1, clients);
  const never = new AbortController().signal;
  const polls = new Map();
  for (let round = 0; round < 30; round++) {
    await pollDue(ctx, clients, leadership, polls);
    const worked = await workDue(ctx, worker, never);
    if (!(await sendDue(ctx, sender, leadership, never)) && worked === 0) return;
  }
}

const delivered = () => ({ kind: "milestone", shipmentId, milestone: "delivered" }) as const;
const prove = (actor = support) => buildProof(ctx, actor, delivered(), { bytes: true });
const broken = (proof: Proof) =>
  checkProof(proof, checkTools)
    .checks.filter((check) => !check.ok)
    .map(({ link, what }) => `${proof.links[link ?? 0]?.kind} ${what}`);

class Undo extends Error {}

/** What is broken in the proof while this statement has changed the database; it is taken back afterwards. */
async function after(statement: string, actor = support, by: Partial<Context> = {}): Promise<string[]> {
  let found: string[] = [];
  await ctx.sql
    .begin(async (tx) => {
      const { count } = await tx.unsafe(statement);
      expect(count, statement).toBeGreaterThan(0);
      const inside = { ...ctx, ...by, sql: tx as unknown as Context["sql"] };
      found = broken(await buildProof(inside, actor, delivered(), { bytes: true }));
      throw new Undo();
    })
    .catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  return found;
}

const NOTE = "kind = 'status_note' and key like '%delivered'";
const CALL = `posting_key like '%delivered' and posting_key like 'status_note%'`;

test("untouched, each call and the posting carry a seal that fits, and say so", async () => {
  const proof = await prove();
  expect(broken(proof)).toEqual([]);
  const sealed = proof.links.filter((link) => ["posting", "attempt", "read_back"].includes(link.kind));
  expect(sealed.length).toBeGreaterThanOrEqual(3);
  for (const link of sealed) {
    expect(link.content.sealed, link.kind).toBe("intact");
    expect(linkInWords(link).sentence).toContain("sealed when it was recorded, and unchanged");
  }
});

describe("one change in the database breaks its link:", () => {
  const message = "id in (select message_id from event where kind = 'delivered')";
  test.each([
    ["a byte of the message", `update message set body = set_byte(body, 10, 88) where ${message}`, "message Raw bytes"],
    ["a byte of its hash", `update message set digest = set_byte(digest, 31, 1) where ${message}`, "message Raw bytes"],
    [
      "the first bytes of its hash",
      `update message set digest = set_byte(digest, 0, 1) where ${message}`,
      "message Hash",
    ],
    ["its length", `update message set size = size + 1 where ${message}`, "message Raw bytes"],
    [
      "bytes and hash together",
      `update message set body = set_byte(body, 10, 88), digest = sha256(set_byte(body, 10, 88)) where ${message}`,
      "message Hash",
    ],
    [
      "what the word means",
      "update crosswalk_entry set \"to\" = 'in_transit' where word = 'delivered' and kind = 'status'",
      "reading Read again",
    ],
    ["the kind of the event", "update event set kind = 'returned' where kind = 'delivered'", "decision Decision"],
    [
      "its time",
      "update event set occurred_at = occurred_at + interval '1 second' where kind = 'delivered'",
      "reading Read again",
    ],
    ["its place", "update event set location = 'Elsewhere' where kind = 'delivered'", "reading Read again"],
    ["its word", "update event set word = 'x' where kind = 'delivered'", "fact Name of the event"],
    [
      "the time of the decision",
      `update shipment set state = jsonb_set(state, '{reached,delivered,occurredAtMs}', '1000') where state #> '{reached,delivered}' is not null`,
      "decision Decision",
    ],
    [
      "the fact of the decision",
      `update shipment set state = jsonb_set(state, '{reached,delivered,key}', '"x"') where state #> '{reached,delivered}' is not null`,
      "decision Fact",
    ],
    ["the fact taken away", "delete from event where kind = 'delivered'", "decision Fact"],
    ["what was desired", `update posting set desired = desired || '{"x": 1}' where ${NOTE}`, "posting Sealed"],
    ["what is to stand", `update posting set after = '"other"' where ${NOTE}`, "posting Sealed"],
    ["what stood", `update posting set before = '"other"' where ${NOTE}`, "posting Sealed"],
    ["the record", `update posting set record_id = record_id + 1 where ${NOTE}`, "posting Sealed"],
    ["the message that asked", `update posting set message_id = gen_random_uuid() where ${NOTE}`, "posting Sealed"],
    [
      "when it was verified",
      `update posting set verified_at = now() + interval '1 hour' where ${NOTE}`,
      "posting State",
    ],
    [
      "Odoo's answer",
      `update posting_attempt set answer = '["ids [999]"]' where ${CALL} and purpose = 'send' and outcome is not null`,
      "attempt Sealed",
    ],
    [
      "what was asked",
      `update posting_attempt set request = '["x"]' where ${CALL} and purpose = 'send' and outcome is not null`,
      "attempt Sealed",
    ],
    [
      "the outcome",
      `update posting_attempt set outcome = 'rejected' where ${CALL} and purpose = 'send' and outcome is not null`,
      "attempt Sealed",
    ],
    [
      "the reason",
      `update posting_attempt set reason = reason || '.' where ${CALL} and outcome = 'accepted'`,
      "attempt Sealed",
    ],
    [
      "how long it took",
      `update posting_attempt set duration_ms = duration_ms + 1 where ${CALL} and outcome = 'accepted'`,
      "attempt Sealed",
    ],
    [
      "what was read back",
      `update posting_attempt set answer = '"nothing"' where ${CALL} and purpose = 'verify'`,
      "read_back Sealed",
    ],
    [
      "when it was read back",
      `update posting_attempt set started_at = started_at - interval '1 second' where ${CALL} and purpose = 'verify'`,
      "read_back Sealed",
    ],
    [
      "the seal itself",
      `update posting_attempt set seal = overlay(seal placing 'A' from length(seal) - 3) where ${CALL} and purpose = 'verify' and substr(seal, length(seal) - 3, 1) <> 'A'`,
      "read_back Sealed",
    ],
    [
      "a seal that is no seal",
      `update posting_attempt set seal = 'x' where ${CALL} and purpose = 'verify'`,
      "read_back Sealed",
    ],
    [
      "a seal taken away",
      `update posting_attempt set seal = null where ${CALL} and purpose = 'verify'`,
      "read_back Sealed",
    ],
    [
      "the answer of another call in its place",
      `update posting_attempt set (answer, seal) = (select answer, seal from posting_attempt where purpose = 'verify' and not (${CALL}) limit 1)
        where ${CALL} and purpose = 'verify'`,
      "read_back Sealed",
    ],
  ])("%s", async (_what, statement, expected) => {
    expect(await after(statement)).toContain(expected);
  });
});

test("who may not read messages sees that the stored bytes do not agree with their hash, without seeing them", async () => {
  const statement =
    "update message set body = set_byte(body, 10, 88) where id in (select message_id from event where kind = 'delivered')";
  for (const actor of [executive, finance]) {
    const proof = await prove(actor);
    const [message] = proof.links;
    expect(message?.content).toMatchObject({ bytes: null, bytesAgree: "yes", bytesWithheld: "messages:read" });
    expect(linkInWords(message as Proof["links"][number]).sentence).toContain(
      "the stored bytes agree with it (not shown to you: you may not read messages)",
    );
    expect(broken(proof)).toEqual([]);
    expect(await after(statement, actor)).toContain("message Raw bytes");
  }
});

test("calls that are older than the seals say that they carry none, and break nothing", async () => {
  let proof: Proof | null = null;
  await ctx.sql
    .begin(async (tx) => {
      await tx`update posting_attempt set seal = null`;
      proof = await buildProof({ ...ctx, sql: tx as unknown as Context["sql"] }, support, delivered(), { bytes: true });
      throw new Undo();
    })
    .catch(() => {});
  const old = proof as unknown as Proof;
  expect(broken(old)).toEqual([]);
  const call = old.links.find((link) => link.kind === "attempt") as Proof["links"][number];
  expect(linkInWords(call).sentence).toContain("it carries no seal");
});

test("seals made before the key was changed hold after it; with another secret key none does, and nobody seals with a retired key", async () => {
  const administrator = await insertActor(database.sql, "administrator");
  await rotateProofKey(ctx, administrator);
  expect(broken(await prove())).toEqual([]);
  const late = `update setting set value = jsonb_set(value, '{proof,retired,0,at}', '"2020-01-01T00:00:00Z"') where name = 'key_generations'`;
  expect(await after(late)).toContain("attempt Sealed");
  const config = { ...ctx.config, secretKey: Buffer.alloc(32, 9) };
  expect(await after("select 1", support, { config })).toEqual(
    expect.arrayContaining(["attempt Sealed", "read_back Sealed"]),
  );
});
