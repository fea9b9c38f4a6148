import type { WorkingConnection } from "@/db/queries/odoo-work";
import type { OdooClient } from "../adapters/odoo/client";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { noteFailure } from "./sender-breaker";
import type { Sender } from "./sender-state";

/** The client of a connection. Null: it cannot be reached, and its breaker knows. */
export async function clientOf(
  ctx: Context,
  sender: Sender,
  connection: WorkingConnection,
): Promise<OdooClient | null> {
  try {
    return await sender.clients.get(ctx, connection);
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    await noteFailure(ctx, sender, connection, error.message);
    return null;
  }
}
