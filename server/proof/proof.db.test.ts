import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkProof } from "@/core/proof/check";
import type { Proof } from "@/core/proof/proof";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor } from "@/db/testing/rows";
import type { Actor, PersonActor } from "../access/actor";
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
import { exportProof } from "./export";
import { checkTools, signerOf } from "./signer";

let database: TestDatabase;
let ctx: Context;
let odoo: OdooTarget;
let carrier: TestFeed<"easypost">;
let leadership: Leadership;
let shipmentId: string;
let support: PersonActor;
const clients = new OdooClients();
const worker: Worker = { slot: 0, environment: undefined };

beforeAll(async () => {
  database = await testDatabase("proof");
  ctx = makeTestContext(database);
  support = await insertActor(database.sql, "support");
  odoo = await sandboxTarget();
  carrier = await makeTestFeed(ctx, { slug: "carrier", adapter: "easypost", class: "aggregator" });
  await connectTarget(ctx, odoo, { pollSeconds: 0, settleMs: 500 });
  leadership = new Leadership(ctx);
  await odoo.orders(["PO-P"]);
  await settle();
  const [row] = await ctx.sql<
    { id: string }[]
  >`insert into reference (value, kind, issuer, shipment_id, said, feed_id, package, first_message)
    select '1ZPROOF', 'tracking_number', 'ups', shipment_id, '1ZPROOF', ${carrier.id}, true, gen_random_uuid() from shipment returning shipment_id as id`;
  shipmentId = row?.id as string;
  await sendScan(ctx, carrier, { id: "p1", code: "1ZPROOF", status: "in_transit", minutesAgo: 30 });
  await sendScan(ctx, carrier, { id: "p2", code: "1ZPROOF", status: "delivered", minutesAgo: 1 });
  await settle();
  await settle();
}, 60_000);
afterAll(async () => {
  await leadership?.release();
  await odoo?.close();
  await database?.drop();
});

async function settle(): Promise<void> {
  const sender = makeSender("proof", 1, clients);
  const never = new AbortController().signal;
  const polls = new Map();
  for (let round = 0; round < 30; round++) {
    await pollDue(ctx, clients, leadership, polls);
    const worked = await workDue(ctx, worker, never);
    if (!(await sendDue(ctx, sender, leadership, never)) && worked === 0) return;
  }
}

const delivered = () => ({ kind: "milestone", shipmentId, milestone: "delivered" }) as const;
const broken = (proof: Proof) => checkProof(proof, checkTools).checks.filter((check) => !check.ok);
const kinds = (proof: Proof) => proof.links.map((link) => link.kind);

test("the chain behind “delivered” leads from the carrier's bytes to the note that Odoo holds, and holds itself", async () => {
  const proof = await buildProof(ctx, support, delivered(), { bytes: true });
  expect(kinds(proof)).toEqual(["message", "reading", "fact", "decision", "posting", "attempt", "read_back"]);
  expect(broken(proof)).toEqual([]);
  const [message, reading, fact, decision, posting, , readBack] = proof.links.map((link) => link.content);
  expect(Buffer.from(String(message?.bytes), "base64").toString()).toContain("1ZPROOF");
  expect(reading).toMatchObject({ adapter: "easypost", mappingVersion: 1, readAgain: "same", means: "delivered" });
  expect(fact).toMatchObject({ sort: "event", kind: "delivered" });
  expect(decision).toMatchObject({ rule: "earliest_actual", fact: fact?.key });
  expect(posting).toMatchObject({ kind: "status_note", state: "verified" });
  expect(readBack).toMatchObject({ outcome: "holds" });
});

test("every posting of the shipment has its own chain that ends in Odoo's read-back", async () => {
  const rows = await ctx.sql<
    { id: string; kind: string }[]
  >`select id, kind from posting where shipment_id = ${shipmentId} and state = 'verified'`;
  expect(rows.map((row) => row.kind).sort()).toEqual(["status_note", "tracking_number", "transfer_validated"]);
  for (const { id, kind } of rows) {
    const proof = await buildProof(ctx, support, { kind: "posting", id }, { bytes: true });
    expect(broken(proof), kind).toEqual([]);
    expect(kinds(proof).slice(0, 4), kind).toEqual(["message", "reading", "fact", "decision"]);
    expect(kinds(proof).at(-1), kind).toBe("read_back");
  }
});

test("a field names its owner and what lost; what nobody told has no proof", async () => {
  const proof = await buildProof(
    ctx,
    support,
    { kind: "attribute", shipmentId, attribute: "odoo_picking" },
    { bytes: false },
  );
  expect(broken(proof)).toEqual([]);
  expect(proof.links.find((link) => link.kind === "decision")?.content).toMatchObject({
    rule: "owner_decides",
    order: ["odoo"],
  });
  const missing = { kind: "milestone", shipmentId, milestone: "returned" } as const;
  await expect(buildProof(ctx, support, missing, { bytes: false })).rejects.toMatchObject({ code: "not_found" });
});

test("one byte changed in the database breaks the link of the message, and so does a mapping that now reads it otherwise", async () => {
  const [{ message_id }] =
    (await ctx.sql`select message_id from event where kind = 'delivered' and not withdrawn`) as unknown as [
      { message_id: string },
    ];
  const [{ body }] = (await ctx.sql`select body from message where id = ${message_id}`) as unknown as [
    { body: Buffer },
  ];
  const other = Buffer.from(body.toString().replace('"delivered","datetime"', '"delayed!!","datetime"'));
  expect(other.equals(body)).toBe(false);
  await ctx.sql`update message set body = ${other} where id = ${message_id}`;
  const proof = await buildProof(ctx, support, delivered(), { bytes: true });
  await ctx.sql`update message set body = ${body} where id = ${message_id}`;
  expect(broken(proof).map(({ link, what }) => [link, what])).toEqual([
    [0, "Raw bytes"],
    [1, "Read again"],
  ]);
});

test("bytes go only to who may see messages; a partner sees only the own shipments, and postings need their right", async () => {
  const executive = await insertActor(database.sql, "executive");
  const proof = await buildProof(ctx, executive, delivered(), { bytes: true });
  expect(proof.links[0]?.content).toMatchObject({ bytes: null });
  expect(kinds(proof)).toEqual(["message", "reading", "fact", "decision"]);
  const partner = await insertActor(database.sql, "partner");
  await expect(buildProof(ctx, partner, delivered(), { bytes: true })).rejects.toMatchObject({ code: "not_found" });
  const own: Actor = { kind: "api_key", id: ctx.uuid(), name: "k", scopes: ["shipments:read"] };
  const address = { kind: "attribute", shipmentId, attribute: "address" } as const;
  await expect(buildProof(ctx, own, address, { bytes: true })).rejects.toMatchObject({ code: "forbidden" });
  const fact = (await buildProof(ctx, own, delivered(), { bytes: true })).links.find((link) => link.kind === "fact");
  expect(fact?.content).toMatchObject({ kind: "delivered", raw: { description: null } });
  const [posting] = await ctx.sql`select id from posting limit 1`;
  const one = { kind: "posting", id: posting?.id as string } as const;
  await expect(exportProof(ctx, executive, one)).rejects.toMatchObject({ code: "forbidden" });
  const key: Actor = { kind: "api_key", id: ctx.uuid(), name: "k", scopes: ["postings:read"] };
  await expect(exportProof(ctx, key, one)).rejects.toMatchObject({ code: "forbidden" });
});

test("an export is audited; the command verifies it offline and names the link that somebody changed", async () => {
  const proof = await exportProof(ctx, support, delivered());
  expect(await ctx.sql`select actor_name from audit where action = 'proofs.export'`).toHaveLength(1);
  const folder = await mkdtemp(path.join(tmpdir(), "proof-"));
  const [good, bad] = ["good.json", "bad.json"].map((name) => path.join(folder, name)) as [string, string];
  await writeFile(good, JSON.stringify(proof));
  await writeFile(bad, (await readFile(good, "utf8")).replace('"kind":"delivered"', '"kind":"returned"'));
  const { keyId } = signerOf(ctx.config.secretKey, 1);
  const verify = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["scripts/verify-proof.mjs", ...args]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );
  expect(await verify("--key", keyId, good)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`verified, 7 links, signed with the key ${keyId}`),
  });
  const told = await verify(bad);
  expect(told.code).toBe(1);
  expect(told.stdout).toMatch(/BROKEN {2}3\. carrier tells returned/);
  expect(told.stdout).toContain("does NOT hold");
}, 60_000);
