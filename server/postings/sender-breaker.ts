import { type Breaker, CLOSED, DEFAULT_BREAKER, failed, succeeded } from "@/core/postings/breaker";
import { notifyLive } from "@/db/queries/live";
import { saveBreaker, type WorkingConnection } from "@/db/queries/odoo-work";
import type { Context } from "../context";
import { clear, raise } from "../exceptions/raise";
import { homeOfConnection, unreachableFinding } from "./findings";
import type { Sender } from "./sender-state";

export async function noteSuccess(ctx: Context, sender: Sender, connection: WorkingConnection): Promise<void> {
  await setBreaker(ctx, sender, connection, succeeded(sender.breakers.get(connection.id) ?? CLOSED));
}

export async function noteFailure(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  reason: string,
): Promise<void> {
  const before = sender.breakers.get(connection.id) ?? CLOSED;
  await setBreaker(ctx, sender, connection, failed(before, ctx.now().getTime(), reason, DEFAULT_BREAKER));
  sender.clients.forget(connection.id);
}

/** Keeps the breaker where it changed; opening and closing it is an exception that somebody sees. */
export async function setBreaker(
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
    await notifyLive(tx, "odoo");
  });
  ctx.log.warn({ connection: connection.id, from: before.state, to: breaker.state }, "breaker");
}

export function breakerFrom(value: unknown): Breaker {
  const known = value as Breaker | null;
  return known && (known.state === "open" || known.state === "half_open")
    ? { ...known, ...(known.state === "half_open" ? { probing: false } : {}) }
    : CLOSED;
}
