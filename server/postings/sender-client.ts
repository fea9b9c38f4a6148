import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import type { OdooClient } from "../adapters/odoo/client";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { noteFailure } from "./sender-breaker";
import type { Sender } from "./sender-state";

/** The client by which a connection's postings go: its own, or that of the connection a rule names. Null: it cannot be reached. */
export async function clientOf(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
  viaConnectionId: number | null,
): Promise<OdooClient | null> {
  const via =
    viaConnectionId === null
      ? connection
      : (await workingConnections(ctx.sql)).find((row) => row.id === viaConnectionId && row.state !== "archived");
  try {
    return await sender.clients.get(ctx, via ?? connection);
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    await noteFailure(ctx, sender, connection, error.message);
    return null;
  }
}
