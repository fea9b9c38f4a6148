import { afterEach, describe, expect, it } from "vitest";
import type { DesiredPosting, PostingRequest } from "@/core/postings/desired";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { createOdooClient, type OdooClient } from "./client";
import { executePosting, readBack } from "./execute";
import { executeTogether } from "./execute-together";

const documents = new Map<string, Uint8Array>();
const context = { now: () => Date.now(), document: async (id: string) => documents.get(id) ?? null };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(version: "19" | "14", timeoutMs = 5_000): Promise<{ sandbox: Sandbox; client: OdooClient }> {
  const sandbox = await startSandboxOdoo({ port: 0, version, seed: false });
  closers.push(sandbox.close);
  const { url, db, login, key } = sandbox;
  const client = await createOdooClient({ url, db, login, key, timeoutMs });
  await client.dialect();
  return { sandbox, client };
}

let n = 0;
function posting(id: number, desired: DesiredPosting): PostingRequest {
  const record = { connectionId: 1, model: "stock.picking" as const, id, companyId: 1 };
  return { key: `${desired.kind}-1-${id}-${n++}`, correlationId: `corr-${n}`, record, desired };
}
const note: DesiredPosting = { kind: "status_note", headline: "Picked up", lines: [] };
const validation: DesiredPosting = {
  kind: "transfer_validated",
  quantities: null,
  backorder: "create",
  tracking: null,
};
const pickings = (sandbox: Sandbox, count: number) =>
  Array.from({ length: count }, () => sandbox.order().pickings[0]?.id as number);
const notes = (sandbox: Sandbox) =>
  sandbox.effectsOf({ kind: "note" }).filter(({ mark }) => mark.includes("@waypost")).length;
const called = (sandbox: Sandbox, name: string) => sandbox.effects().calls[name] ?? 0;
const outcomes = (attempts: { outcome: string }[]) => attempts.map((attempt) => attempt.outcome);

describe.each(["19", "14"] as const)("postings that share their calls, in an Odoo %s", (version) => {
  it("equal values go to many records in one write, different ones in one load", async () => {
    const { sandbox, client } = await start(version);
    const ids = pickings(sandbox, 6);
    const tracking = (trackingReference: string): DesiredPosting => ({
      kind: "tracking_number",
      trackingReference,
      carrierId: null,
    });
    const same = ids.map((id) => posting(id, tracking("1ZSAME")));
    expect(outcomes(await executeTogether(client, same, context))).toEqual(Array(6).fill("accepted"));
    const other = ids.map((id) => posting(id, tracking(`1Z${id}`)));
    expect(outcomes(await executeTogether(client, other, context))).toEqual(Array(6).fill("accepted"));
    expect([called(sandbox, "stock.picking.write"), called(sandbox, "stock.picking.load")]).toEqual([1, 1]);
    const verdicts = await readBack(client, other);
    expect([...verdicts.values()].every(({ verdict }) => verdict === "holds")).toBe(true);
  });

  it("notes go in one load, each under its own external id, and a repeat adds none", async () => {
    const { sandbox, client } = await start(version);
    const requests = pickings(sandbox, 25).map((id) => posting(id, note));
    expect(outcomes(await executeTogether(client, requests, context))).toEqual(Array(25).fill("accepted"));
    expect(called(sandbox, "mail.message.load")).toBe(1);
    await executeTogether(client, requests, context);
    expect([notes(sandbox), sandbox.effects().doubles]).toEqual([25, []]);
  });

  it("documents go in one load, each on its own transfer", async () => {
    const { sandbox, client } = await start(version);
    const requests = pickings(sandbox, 4).map((id, i) => {
      const bytes = new TextEncoder().encode(`document ${i}`);
      documents.set(`d${i}`, bytes);
      const sha1 = Array(40).fill(i).join("");
      return posting(id, {
        kind: "proof_of_delivery",
        documentId: `d${i}`,
        fileName: `${i}.pdf`,
        mimeType: "application/pdf",
        sha1,
        byteLength: bytes.length,
      });
    });
    documents.delete("d3");
    expect(outcomes(await executeTogether(client, requests, context))).toEqual([
      "accepted",
      "accepted",
      "accepted",
      "rejected",
    ]);
    expect(called(sandbox, "ir.attachment.load")).toBe(1);
  });

  it("transfers are looked at together and validated together; done ones and gone ones are told apart", async () => {
    const { sandbox, client } = await start(version);
    const ids = pickings(sandbox, 8);
    await executePosting(client, posting(ids[0] as number, validation), context);
    const before = called(sandbox, "stock.picking.button_validate");
    const attempts = await executeTogether(
      client,
      [...ids, 999_999].map((id) => posting(id, validation)),
      context,
    );
    expect(outcomes(attempts)).toEqual([...Array(8).fill("accepted"), "rejected"]);
    // up to 16 quantities are written first, transfer by transfer
    expect(called(sandbox, "stock.picking.button_validate") - before).toBe(version === "19" ? 1 : 7);
    expect(sandbox.effects()).toMatchObject({ byKind: { transfer_validated: 8 }, doubles: [] });
  });

  it("one that Odoo refuses stands alone at the end, and the others are there once", async () => {
    const { sandbox, client } = await start(version);
    const ids = pickings(sandbox, 9);
    await client.call({ model: "stock.picking", method: "unlink", ids: [ids[4] as number] }).catch(() => null);
    const tracking: DesiredPosting = { kind: "tracking_number", trackingReference: "1ZSAME", carrierId: null };
    const requests = [...ids.slice(0, 4), 999_999, ...ids.slice(5)].map((id) => posting(id, tracking));
    const attempts = await executeTogether(client, requests, context);
    expect(outcomes(attempts)).toEqual([...Array(4).fill("accepted"), "rejected", ...Array(4).fill("accepted")]);
    expect(attempts[4]).toMatchObject({ failure: "missing_record", transient: false });
    expect(sandbox.effects()).toMatchObject({ byKind: { tracking_number: 8 }, doubles: [] });
  });

  it("notes of which one is there already are all there once in the end", async () => {
    const { sandbox, client } = await start(version);
    const requests = pickings(sandbox, 7).map((id) => posting(id, note));
    await executePosting(client, requests[3] as PostingRequest, context);
    expect(outcomes(await executeTogether(client, requests, context))).toEqual(Array(7).fill("accepted"));
    expect([notes(sandbox), sandbox.effects().doubles]).toEqual([7, []]);
  });

  it("a shared call without an answer is unknown for all in it, found done by looking, and a second send adds nothing", async () => {
    const { sandbox, client } = await start(version, 400);
    const requests = pickings(sandbox, 12).map((id) => posting(id, note));
    await sandbox.setMode({ mode: "accept_then_hang", delayMs: 700, times: 1 });
    const attempts = await executeTogether(client, requests, context);
    expect(outcomes(attempts)).toEqual(Array(12).fill("unknown"));
    expect(attempts.every((attempt) => attempt.sentAtMs !== null)).toBe(true);
    const during = await readBack(client, requests);
    expect([...during.values()].every(({ verdict }) => verdict === "absent")).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 900));
    const verdicts = await readBack(client, requests);
    expect([...verdicts.values()].every(({ verdict }) => verdict === "holds")).toBe(true);
    await executeTogether(client, requests, context);
    expect([notes(sandbox), sandbox.effects().doubles]).toEqual([12, []]);
  });

  it.each(["serialization", "unavailable", "reset"] as const)(
    "a shared call that meets %s did nothing and may be sent again",
    async (mode) => {
      const { sandbox, client } = await start(version);
      const requests = pickings(sandbox, 5).map((id) => posting(id, note));
      await sandbox.setMode({ mode, times: 1, only: "writes" });
      const attempts = await executeTogether(client, requests, context);
      expect(new Set(outcomes(attempts))).toEqual(new Set([mode === "reset" ? "unknown" : "unreachable"]));
      expect(notes(sandbox)).toBe(0);
      expect(outcomes(await executeTogether(client, requests, context))).toEqual(Array(5).fill("accepted"));
      expect([notes(sandbox), sandbox.effects().doubles]).toEqual([5, []]);
    },
  );
});
