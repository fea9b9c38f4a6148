import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { DesiredPosting, PostingRequest } from "@/core/postings/desired";
import { type Sandbox, startSandboxOdoo } from "@/e2e/odoo/server";
import { createOdooClient, type OdooClient } from "./client";
import { OdooFailure } from "./errors";
import { executePosting, readBack } from "./execute";

const now = () => Date.now();
const context = { now, document: async () => null };
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

function posting(pickingId: number, desired: DesiredPosting): PostingRequest {
  const record = { connectionId: 1, model: "stock.picking" as const, id: pickingId, companyId: 1 };
  return { key: `${desired.kind}:${pickingId}:${randomUUID()}`, correlationId: "corr-1", record, desired };
}
const note: DesiredPosting = { kind: "status_note", headline: "Picked up", lines: [] };
const validation: DesiredPosting = {
  kind: "transfer_validated",
  quantities: null,
  backorder: "create",
  tracking: null,
};
const tracking: DesiredPosting = { kind: "tracking_number", trackingReference: "1Z1", carrierId: null };
const activity: DesiredPosting = {
  kind: "exception_activity",
  marker: "exc-1",
  state: "open",
  summary: "Damaged",
  note: "",
  dueOn: "2026-12-01",
  userId: null,
  feedback: null,
};
const KINDS = [note, validation, tracking, activity];

function newPicking(sandbox: Sandbox): number {
  const id = sandbox.order().pickings[0]?.id;
  if (id === undefined) throw new Error("no picking");
  return id;
}

describe.each(["19", "14"] as const)("an Odoo %s that breaks", (version) => {
  it.each(KINDS)(
    "takes $kind, hangs, and commits after our time-out: unknown, then found done, once",
    async (desired) => {
      const { sandbox, client } = await start(version, 400);
      const request = posting(newPicking(sandbox), desired);
      await sandbox.setMode({ mode: "accept_then_hang", delayMs: 700, times: 1 });
      const attempt = await executePosting(client, request, context);
      expect(attempt).toMatchObject({ outcome: "unknown", failure: "unknown", sent: true, transient: false });
      const early = (await readBack(client, [request])).get(request.key);
      expect(early?.verdict).toBe("absent");
      await new Promise((resolve) => setTimeout(resolve, 700));
      const late = (await readBack(client, [request])).get(request.key);
      // the validation's first call only entered quantities in 14 (and nothing needed entering in 19 but the flag)
      if (desired.kind !== "transfer_validated") expect(late?.verdict).toBe("holds");
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "accepted" });
      expect((await readBack(client, [request])).get(request.key)?.verdict).toBe("holds");
      expect(sandbox.effects().doubles).toEqual([]);
    },
  );

  it.each(KINDS)("is not there: $kind is unreachable, and nothing was sent", async (desired) => {
    const { sandbox, client } = await start(version);
    const request = posting(newPicking(sandbox), desired);
    await sandbox.setMode({ mode: "down" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const attempt = await executePosting(client, request, context);
    expect(attempt).toMatchObject({
      outcome: "unreachable",
      failure: "unreachable",
      transient: true,
      connectionDown: true,
    });
    await sandbox.setMode({ mode: "ok" });
    expect((await readBack(client, [request])).get(request.key)?.verdict).toBe("absent");
    expect(await executePosting(client, request, context)).toMatchObject({ outcome: "accepted" });
  });

  it.each(KINDS)("refuses $kind: rejected with Odoo's own words", async (desired) => {
    const { sandbox, client } = await start(version);
    const request = posting(newPicking(sandbox), desired);
    await sandbox.setMode({ mode: "refuse", message: "The period is closed." });
    expect(await executePosting(client, request, context)).toMatchObject({
      outcome: "rejected",
      failure: "refused",
      reason: "The period is closed.",
      transient: false,
    });
  });

  it.each(KINDS)(
    "loses $kind to a concurrent transaction: unreachable and transient, and a repeat does it",
    async (desired) => {
      const { sandbox, client } = await start(version);
      const request = posting(newPicking(sandbox), desired);
      await sandbox.setMode({ mode: "serialization", times: 1 });
      expect(await executePosting(client, request, context)).toMatchObject({
        outcome: "unreachable",
        failure: "serialization",
        transient: true,
        connectionDown: false,
      });
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "accepted" });
      expect(sandbox.effects().doubles).toEqual([]);
    },
  );

  it("is slow but answers in time: accepted, and the duration says so", async () => {
    const { sandbox, client } = await start(version);
    const request = posting(newPicking(sandbox), note);
    await sandbox.setMode({ mode: "slow", delayMs: 300 });
    const attempt = await executePosting(client, request, context);
    expect(attempt.outcome).toBe("accepted");
    expect(attempt.durationMs).toBeGreaterThanOrEqual(290);
  });

  it("cuts the connection under a posting: unknown, because it cannot be told from one that was done", async () => {
    const { sandbox, client } = await start(version);
    const request = posting(newPicking(sandbox), note);
    await sandbox.setMode({ mode: "reset" });
    expect(await executePosting(client, request, context)).toMatchObject({ outcome: "unknown", failure: "unknown" });
  });

  it.each([
    ["unavailable", "overloaded"],
    ["pool_full", "overloaded"],
    ["unauthorised", "auth"],
  ] as const)("answers %s: the connection is down (%s), the posting may wait", async (mode, failure) => {
    const { sandbox, client } = await start(version);
    const request = posting(newPicking(sandbox), note);
    await sandbox.setMode({ mode });
    expect(await executePosting(client, request, context)).toMatchObject({
      outcome: "unreachable",
      failure,
      connectionDown: true,
    });
  });

  it("gets the correlation id with every call that changes something", async () => {
    const { sandbox, client } = await start(version);
    const id = newPicking(sandbox);
    for (const desired of KINDS) await executePosting(client, posting(id, desired), context);
    const effects = sandbox.effectsOf({ model: "stock.picking", id }).filter((effect) => effect.mark !== "");
    const ours = effects.filter((effect) => effect.correlationId !== null);
    expect(new Set(ours.map((effect) => effect.kind))).toEqual(new Set(["note", "tracking_number", "activity_opened"]));
    for (const effect of ours) expect(effect.correlationId).toBe("corr-1");
  });

  it("takes 400 postings on 100 different transfers, 20 at a time, each once", async () => {
    const { sandbox, client } = await start(version, 30_000);
    const requests = Array.from({ length: 100 }, () => newPicking(sandbox)).flatMap((id) =>
      KINDS.map((desired) => posting(id, desired)),
    );
    const queue = [...requests];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) await executePosting(client, next, context);
      }),
    );
    const verdicts = await readBack(client, requests);
    expect([...verdicts.values()].filter(({ verdict }) => verdict !== "holds")).toEqual([]);
    expect(sandbox.effects().doubles).toEqual([]);
  }, 60_000);
});

/** Kinds that work on what has left: the call that has the effect, and the effect. */
const AFTERWARDS = [
  {
    kind: "return_transfer",
    button: { "19": "action_create_returns", "14": "create_returns" },
    effect: "return_made",
    of: (order: Order): PostingRequest => posting(order.pickingId, { kind: "return_transfer", quantities: null }),
  },
  {
    kind: "customer_invoice",
    button: { "19": "create_invoices", "14": "create_invoices" },
    effect: "invoice_made",
    of: (order: Order): PostingRequest => {
      const request = posting(order.pickingId, { kind: "customer_invoice", pickingId: order.pickingId });
      return { ...request, record: { ...request.record, model: "sale.order", id: order.orderId } };
    },
  },
] as const;
type Order = { pickingId: number; orderId: number };

describe.each(["19", "14"] as const)("an Odoo %s that breaks behind a wizard", (version) => {
  async function left(timeoutMs = 5_000) {
    const { sandbox, client } = await start(version, timeoutMs);
    const { orderId, pickings } = sandbox.order();
    const order = { orderId, pickingId: pickings[0]?.id ?? 0 };
    expect(await executePosting(client, posting(order.pickingId, validation), context)).toMatchObject({
      outcome: "accepted",
    });
    return { sandbox, client, order };
  }
  const judged = async (client: OdooClient, request: PostingRequest) =>
    (await readBack(client, [request])).get(request.key)?.verdict;

  it.each(AFTERWARDS)(
    "commits a $kind after our time-out: unknown, then found done, and never a second one",
    async (one) => {
      const { sandbox, client, order } = await left(400);
      const request = one.of(order);
      await sandbox.setMode({ mode: "accept_then_hang", delayMs: 700, times: 1, method: one.button[version] });
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "unknown", sent: true });
      expect(await judged(client, request)).toBe("absent");
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(await judged(client, request)).toBe("holds");
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "accepted", sent: false });
      expect(sandbox.effectsOf({ kind: one.effect })).toHaveLength(1);
    },
  );

  it.each(AFTERWARDS)(
    "dies between the two calls of a $kind: nothing happened, and a repeat does it once",
    async (one) => {
      const { sandbox, client, order } = await left();
      const request = one.of(order);
      await sandbox.setMode({ mode: "reset", times: 1, method: one.button[version] });
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "unknown" });
      expect(await judged(client, request)).toBe("absent");
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "accepted" });
      expect(await judged(client, request)).toBe("holds");
      expect(sandbox.effectsOf({ kind: one.effect })).toHaveLength(1);
    },
  );

  it.each(AFTERWARDS)(
    "refuses a $kind in its own words, and loses one to another transaction without harm",
    async (one) => {
      const { sandbox, client, order } = await left();
      const request = one.of(order);
      await sandbox.setMode({
        mode: "refuse",
        message: "The period is locked.",
        times: 1,
        method: one.button[version],
      });
      expect(await executePosting(client, request, context)).toMatchObject({
        outcome: "rejected",
        failure: "refused",
        reason: "The period is locked.",
      });
      await sandbox.setMode({ mode: "serialization", times: 1, method: one.button[version] });
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "unreachable", transient: true });
      expect(await executePosting(client, request, context)).toMatchObject({ outcome: "accepted" });
      expect(sandbox.effectsOf({ kind: one.effect })).toHaveLength(1);
    },
  );

  it("takes a refusal for success where somebody was faster", async () => {
    const { sandbox, client, order } = await left();
    const [, invoice] = AFTERWARDS;
    const [one, other] = [invoice.of(order), invoice.of(order)];
    await sandbox.setMode({ mode: "slow", delayMs: 100, only: "writes" });
    const attempts = await Promise.all([one, other].map((request) => executePosting(client, request, context)));
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["accepted", "accepted"]);
    expect(attempts.map(({ reason }) => reason)).toContain("It is in Odoo already.");
    expect(sandbox.effectsOf({ kind: "invoice_made" })).toHaveLength(1);
  });
});

describe("a server that is no Odoo", () => {
  async function strange(handler: Parameters<typeof createServer>[1]): Promise<string> {
    const server: Server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }
  const settings = { db: "x", login: "x", key: "x", timeoutMs: 2_000 };
  const kindOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof OdooFailure ? [error.kind, error.code] : error;
  };

  it("is named so, whatever page it shows", async () => {
    const url = await strange((_request, response) => response.writeHead(404).end("<h1>nothing</h1>"));
    expect(await kindOf(createOdooClient({ ...settings, url }))).toEqual(["database", "http_404"]);
    const moved = await strange((_request, response) => response.writeHead(302, { location: "https://x" }).end());
    expect(await kindOf(createOdooClient({ ...settings, url: moved }))).toEqual(["database", "http_302"]);
  });

  it("cannot fill our memory: an answer beyond the bound is cut off", async () => {
    const url = await strange((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const flood = setInterval(() => response.write("x".repeat(100_000)), 1);
      response.on("close", () => clearInterval(flood));
    });
    const server = { version: "19.0", series: 19, transport: "json2" as const };
    const client = await createOdooClient({ ...settings, url, server, maxBytes: 1_000_000 });
    expect(await kindOf(client.searchRead("x", [], []))).toEqual(["unknown", "TOO_LARGE"]);
  });

  it("is refused over plain http on another machine, and with credentials in the address", async () => {
    await expect(createOdooClient({ ...settings, url: "http://odoo.example.com" })).rejects.toThrow(/Plain http/);
    await expect(createOdooClient({ ...settings, url: "https://u:p@odoo.example.com" })).rejects.toThrow(/password/);
  });
});
