import { onPulse, onRefusal, paceFrom, pulseEveryMs } from "@/core/postings/pace";
import { savePace, type WorkingConnection } from "@/db/queries/odoo-work";
import type { OdooCall } from "../adapters/odoo/call";
import type { OdooClient } from "../adapters/odoo/client";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { paceOf, type Sender } from "./sender-state";

const REST_PULSE_MS = 15_000;
const TELL_PACE_MS = 5_000;
/** Of the calls that a rate allows, pulses take a quarter at most. */
const PULSE_SHARE_MS = 4_000;
/** So long after a call the next is still part of the same sending: rests are at most 5 s. */
const SENDING_MS = 6_000;

/** Failures that tell of an Odoo under strain. */
export const STRAIN: ReadonlySet<string> = new Set(["overloaded", "serialization", "unknown"]);

export function strain(ctx: Context, sender: Sender, connection: WorkingConnection, reason: string): void {
  const pace = onRefusal(paceOf(sender, connection), reason, ctx.now().getTime(), { most: connection.concurrency });
  sender.paces.set(connection.id, pace);
}

/** A page of open transfers. */
export const PULSE: OdooCall = {
  model: "stock.picking",
  method: "search_read",
  args: {
    domain: [["state", "in", ["assigned", "confirmed"]]],
    fields: ["name", "partner_id", "state", "scheduled_date"],
    limit: 20,
    order: "id desc",
  },
};

/** A small read as a person's screen makes it: how long it takes says how Odoo does for people. */
export async function pulse(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  client: OdooClient,
): Promise<void> {
  const nowMs = ctx.now().getTime();
  const everyMs = Math.max(pulseEveryMs(paceOf(sender, connection)), PULSE_SHARE_MS / connection.ratePerSecond);
  if (nowMs - (sender.pulsedAt.get(connection.id) ?? 0) < everyMs - 50) return;
  sender.pulsedAt.set(connection.id, nowMs);
  // its rests between calls are part of sending; a poll alone tells neither what sending does nor what is quiet
  const isSending = () =>
    (sender.underWay.get(connection.id) ?? 0) > 0 || nowMs - (sender.sentAt.get(connection.id) ?? 0) < SENDING_MS;
  const isPolled = () => (sender.clients.turnsAt(connection.id)?.underWay() ?? 0) > 0;
  const before = { busy: isSending(), polled: isPolled() };
  const from = performance.now();
  const limits = { most: connection.concurrency };
  try {
    await client.with({ turn: null, urgency: "pulse" }).call(PULSE);
    const took = performance.now() - from;
    const busy = before.busy || isSending();
    if (busy || !(before.polled || isPolled()))
      sender.paces.set(connection.id, onPulse(paceOf(sender, connection), took, busy, nowMs, limits));
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    // an Odoo that fails while nothing is sent to it is not strained by us
    if (before.busy && STRAIN.has(error.kind)) strain(ctx, sender, connection, error.message);
  }
}

/** While nothing is to send, learns now and then how quick an Odoo is for people, so that a backlog does not begin without knowing it. */
export async function pulseAtRest(ctx: Context, sender: Sender, connection: WorkingConnection): Promise<void> {
  const nowMs = ctx.now().getTime();
  if (nowMs - (sender.pulsedAt.get(connection.id) ?? 0) < REST_PULSE_MS) return;
  sender.pulsedAt.set(connection.id, nowMs);
  const client = await sender.clients.get(ctx, connection).catch((error: unknown) => {
    if (error instanceof OdooFailure) return null;
    throw error;
  });
  if (client === null) return;
  sender.pulsedAt.delete(connection.id);
  if (!sender.paces.has(connection.id)) sender.paces.set(connection.id, paceFrom(connection.pace));
  await pulse(ctx, sender, connection, client);
  await tellPace(ctx, sender, connection);
}

/** Keeps the pace for the screens, every few seconds. */
export async function tellPace(ctx: Context, sender: Sender, connection: WorkingConnection): Promise<void> {
  const nowMs = ctx.now().getTime();
  if (nowMs - (sender.paceToldAt.get(connection.id) ?? 0) < TELL_PACE_MS) return;
  sender.paceToldAt.set(connection.id, nowMs);
  await savePace(ctx.sql, connection.id, { ...paceOf(sender, connection), atMs: nowMs });
}
