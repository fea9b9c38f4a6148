import { ask, type Breaker, CLOSED, DEFAULT_BREAKER, failed, succeeded } from "@/core/postings/breaker";
import { type Bucket, fullBucket, take } from "@/core/rate";
import { saveBreaker, type WorkingConnection } from "@/db/queries/odoo-work";
import { claimPlanned, type DuePosting, findToReadBack, movePostings, takeOver } from "@/db/queries/outbox";
import type { OdooClient } from "../adapters/odoo/client";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { clear, raise } from "../exceptions/raise";
import type { OdooClients } from "../odoo/clients";
import { homeOfConnection, unreachableFinding } from "./findings";
import { lookUp } from "./look-up";
import { sendOne } from "./send";
import { announceAttempts, settleReadback, settleSend } from "./settle";

const CLAIM = 50;
const READ_BACK = 200;

/** One process sends for a connection at a time (leadership); this is what it holds while it does. */
export type Sender = {
  owner: string;
  slot: number;
  clients: OdooClients;
  /** Connections whose earlier sender's postings were taken over. */
  taken: Set<number>;
  buckets: Map<number, Bucket>;
  breakers: Map<number, Breaker>;
};

/** Makes the sender of one process. */
export function makeSender(owner: string, slot: number, clients: OdooClients): Sender {
  return { owner, slot, clients, taken: new Set(), buckets: new Map(), breakers: new Map() };
}

/** Does what is due for one connection: look up, verify, send, under its rate, concurrency and breaker. True when there is more. */
export async function workConnection(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  signal: AbortSignal,
): Promise<boolean> {
  if (!sender.taken.has(connection.id)) {
    await takeOver(ctx.sql, connection.id, sender.owner, ctx.now());
    sender.taken.add(connection.id);
    sender.breakers.set(connection.id, breakerFrom(connection.breaker));
  }
  if (connection.state !== "active") return false;
  const { breaker, allowed } = ask(sender.breakers.get(connection.id) ?? CLOSED, ctx.now().getTime());
  await setBreaker(ctx, sender, connection, breaker);
  if (!allowed) return false;
  let client: OdooClient;
  try {
    client = await sender.clients.get(ctx, connection);
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    await noteFailure(ctx, sender, connection, error.message);
    return false;
  }
  const lookedUp = await readBackDue(ctx, sender, connection, client, "unconfirmed");
  const verified = await readBackDue(ctx, sender, connection, client, "posted");
  const sent = await sendBatch(ctx, sender, connection, client, breaker.state === "half_open" ? 1 : CLAIM, signal);
  return lookedUp + verified + sent > 0;
}

async function readBackDue(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  client: OdooClient,
  what: "unconfirmed" | "posted",
): Promise<number> {
  if (isOpen(sender, connection)) return 0;
  const due = await findToReadBack(ctx.sql, connection.id, what, READ_BACK, ctx.now());
  if (due.length === 0) return 0;
  await allowance(ctx, sender, connection);
  const result = await lookUp(client, connection.id, due);
  if (!result.ok) {
    if (result.down) await noteFailure(ctx, sender, connection, result.reason);
    await settleReadback(ctx, sender, connection, due, null, result.reason);
    return result.down ? 0 : due.length;
  }
  await noteSuccess(ctx, sender, connection);
  return settleReadback(ctx, sender, connection, due, result.verdicts, "");
}

async function sendBatch(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  client: OdooClient,
  limit: number,
  signal: AbortSignal,
): Promise<number> {
  if (isOpen(sender, connection)) return 0;
  const now = ctx.now();
  const lease = new Date(now.getTime() + connection.timeoutMs + connection.settleMs);
  const claimed = await ctx.sql.begin(async (tx) => {
    const rows = await claimPlanned(tx, connection.id, sender.owner, limit, now, lease);
    await announceAttempts(tx, ctx, sender, rows, "send");
    return rows;
  });
  const queue = [...claimed];
  const lanes = Array.from({ length: Math.max(1, Math.min(connection.concurrency, queue.length)) }, async () => {
    for (let posting = queue.shift(); posting; posting = queue.shift()) {
      if (signal.aborted || isOpen(sender, connection)) await release(ctx, posting);
      else await sendAndSettle(ctx, sender, connection, client, posting);
    }
  });
  await Promise.all(lanes);
  return claimed.length;
}

async function sendAndSettle(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  client: OdooClient,
  posting: DuePosting,
): Promise<void> {
  await allowance(ctx, sender, connection);
  const attempt = await sendOne(ctx, client, connection.id, posting);
  if (attempt.connectionDown) await noteFailure(ctx, sender, connection, attempt.reason);
  else if (attempt.outcome !== "unknown") await noteSuccess(ctx, sender, connection);
  await settleSend(ctx, sender, connection, posting, attempt);
}

/** Gives a claimed posting back that never left. */
async function release(ctx: Context, posting: DuePosting): Promise<void> {
  const step = {
    shipmentId: posting.shipmentId,
    key: posting.key,
    from: "sending" as const,
    to: "planned" as const,
    dueAtMs: ctx.now().getTime(),
    outcome: "unreachable",
    reason: "Odoo cannot be reached; it waits",
    posted: false,
    unspent: true,
  };
  await movePostings(ctx.sql, [step], ctx.now());
}

/** Waits for a token of the connection's rate. */
async function allowance(ctx: Context, sender: Sender, connection: WorkingConnection): Promise<void> {
  const rate = { perSecond: Math.max(1, connection.ratePerSecond), burst: Math.max(1, connection.ratePerSecond) };
  for (;;) {
    const nowMs = ctx.now().getTime();
    const { bucket, waitMs } = take(sender.buckets.get(connection.id) ?? fullBucket(rate, nowMs), rate, nowMs);
    sender.buckets.set(connection.id, bucket);
    if (waitMs === 0) return;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function isOpen(sender: Sender, connection: WorkingConnection): boolean {
  return sender.breakers.get(connection.id)?.state === "open";
}

async function noteSuccess(ctx: Context, sender: Sender, connection: WorkingConnection): Promise<void> {
  await setBreaker(ctx, sender, connection, succeeded(sender.breakers.get(connection.id) ?? CLOSED));
}

async function noteFailure(ctx: Context, sender: Sender, connection: WorkingConnection, reason: string): Promise<void> {
  const before = sender.breakers.get(connection.id) ?? CLOSED;
  await setBreaker(ctx, sender, connection, failed(before, ctx.now().getTime(), reason, DEFAULT_BREAKER));
  sender.clients.forget(connection.id);
}

/** Keeps the breaker where it changed; opening and closing it is an exception that somebody sees. */
async function setBreaker(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  breaker: Breaker,
): Promise<void> {
  const before = sender.breakers.get(connection.id) ?? CLOSED;
  sender.breakers.set(connection.id, breaker);
  if (JSON.stringify(before) === JSON.stringify(breaker)) return;
  await ctx.sql.begin(async (tx) => {
    await saveBreaker(tx, connection.id, breaker);
    const homeId = homeOfConnection(connection.id);
    if (breaker.state === "open" && before.state !== "open") {
      const finding = unreachableFinding(connection, breaker.reason, breaker.sinceMs);
      await raise(
        ctx,
        tx,
        [{ homeId, shipmentId: null, finding, correlationId: null, connectionId: connection.id }],
        sender.slot,
      );
    }
    if (breaker.state === "closed" && before.state !== "closed") {
      await clear(ctx, tx, [{ homeId, kind: "odoo_unreachable", why: "Odoo answers again." }], sender.slot);
    }
    await tx`select pg_notify('waypost_live', '{"topic":"odoo"}')`;
  });
  ctx.log.warn({ connection: connection.id, from: before.state, to: breaker.state }, "breaker");
}

function breakerFrom(value: unknown): Breaker {
  const known = value as Breaker | null;
  return known && (known.state === "open" || known.state === "half_open")
    ? { ...known, ...(known.state === "half_open" ? { probing: false } : {}) }
    : CLOSED;
}
