import { ask } from "@/core/postings/breaker";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import { concernsConnection, OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { breakerFrom, noteFailure, noteSuccess, setBreaker } from "./sender-breaker";
import { clientOf } from "./sender-client";
import { PULSE, pulseAtRest } from "./sender-pace";
import type { Sender } from "./sender-state";

/** What is done for a connection that has nothing due: its Odoo is measured now and then, and asked whether it answers again where it did not. */
export async function restAt(ctx: Context, sender: Sender, connection: WorkingConnection): Promise<void> {
  if (connection.state !== "active") return;
  const before = sender.breakers.get(connection.id) ?? breakerFrom(connection.breaker);
  sender.breakers.set(connection.id, before);
  if (before.state === "closed") return pulseAtRest(ctx, sender, connection);
  const { breaker, allowed } = ask(before, ctx.now().getTime());
  if (!allowed) return;
  await setBreaker(ctx, sender, connection, breaker);
  const client = await clientOf(ctx, sender, connection);
  if (client === null) return;
  try {
    await client.with({ turn: null, urgency: "pulse" }).call(PULSE);
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    if (concernsConnection(error.kind) || error.kind === "unknown")
      return noteFailure(ctx, sender, connection, error.message);
  }
  await noteSuccess(ctx, sender, connection);
}

/** Forgets how the breaker of a connection stood that another process works from now on; who takes it up again reads it anew. */
export function letGo(sender: Sender, connectionId: number): void {
  sender.taken.delete(connectionId);
  sender.breakers.delete(connectionId);
}
