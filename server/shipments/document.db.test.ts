import { afterAll, beforeAll, expect, test } from "vitest";
import { insertActor } from "@/db/testing/rows";
import { receive } from "../messages/receive";
import { type Desk, makeDesk } from "../testing/desk";
import { makeTestFeed } from "../testing/workspace";
import { documentHeaders, readDocument } from "./document";

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk("documents");
}, 60_000);
afterAll(async () => desk?.end());

const PNG = Buffer.from("89504e470d0a1a0a0000000d4948445200000001000000010806000000", "hex");

test("a proof of delivery is served to who may see its shipment, under its own type and nobody's origin; no other message is", async () => {
  const { ctx, person } = desk;
  const feed = await makeTestFeed(ctx, { slug: "proofs", adapter: "document", class: "carrier" });
  const tracking = "1ZPROOF0000001";
  const csv = await desk.drop({
    shipment: "D-1",
    tracking,
    status: "delivered",
    at: "2026-11-20 10:00",
    carrier: "UPS",
  });
  const [kept] = await receive(ctx, [
    {
      feed,
      bytes: PNG,
      contentType: "text/html",
      headers: null,
      name: `POD_${tracking}.png`,
      correlationId: "pod",
      verdict: "unsigned",
    },
  ]);
  if (!kept?.ok) throw kept?.error;
  await desk.settle();
  const [row] = await ctx.sql<{ id: string }[]>`select shipment_id as id from reference where said = 'D-1'`;
  const shipmentId = row?.id ?? "";
  const found = await readDocument(ctx, person, { shipmentId, documentId: kept.receipt });
  expect(Buffer.from(found.bytes).equals(PNG)).toBe(true);
  expect(documentHeaders(found, false)).toMatchObject({
    "content-type": "image/png",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringContaining("sandbox"),
    "content-disposition": expect.stringMatching(/^inline; filename="POD_1ZPROOF0000001.png"/),
  });
  expect(documentHeaders(found, true)["content-disposition"]).toMatch(/^attachment/);
  await expect(readDocument(ctx, person, { shipmentId, documentId: csv })).rejects.toMatchObject({ code: "not_found" });
  const stranger = await insertActor(desk.database.sql, "partner", { partner: { carriers: ["dhl"], warehouses: [] } });
  await expect(readDocument(ctx, stranger, { shipmentId, documentId: kept.receipt })).rejects.toMatchObject({
    code: "not_found",
  });
  const own = await insertActor(desk.database.sql, "partner", { partner: { carriers: ["ups"], warehouses: [] } });
  await expect(readDocument(ctx, own, { shipmentId, documentId: kept.receipt })).rejects.toMatchObject({
    code: "forbidden",
  });
  const key = { kind: "api_key", id: person.id, name: "k", scopes: ["feeds:read"] } as const;
  await expect(readDocument(ctx, key, { shipmentId, documentId: kept.receipt })).rejects.toMatchObject({
    code: "forbidden",
  });
});
