import { type WorkingConnection, workingConnections } from "@/db/queries/odoo-work";
import { loadToCompare } from "@/db/queries/reconcile-rows";
import { OdooFailure } from "../adapters/odoo/errors";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { type ComparedShipment, type Comparer, compareShipments } from "./compare-chunk";

export type Answer = { one: ComparedShipment | null; id: string; failed: string | null };

/** Compares shipments of any connections; of each the result, or why it could not be read. Writes nothing. */
export async function compared(ctx: Context, comparer: Comparer, ids: readonly string[]): Promise<Answer[]> {
  const { reconciliation } = await readSettings(ctx);
  const connections = new Map<number, WorkingConnection>(
    (await workingConnections(ctx.sql)).map((one) => [one.id, one]),
  );
  const found = await loadToCompare(ctx.sql, ids);
  const answers = new Map<string, { one: ComparedShipment | null; failed: string | null }>();
  for (const [connectionId, shipments] of Map.groupBy(found, (one) => one.connectionId)) {
    const connection = connections.get(connectionId);
    try {
      if (!connection) throw new Gone();
      for (const one of await compareShipments(ctx, comparer, connection, shipments, reconciliation))
        answers.set(one.shipment.id, { one, failed: null });
    } catch (error) {
      if (!(error instanceof OdooFailure) && !(error instanceof Gone)) throw error;
      for (const { id } of shipments) answers.set(id, { one: null, failed: error.message });
    }
  }
  return ids.map((id) => ({
    id,
    ...(answers.get(id) ?? { one: null, failed: "It has no transfer in Odoo that Waypost knows." }),
  }));
}

class Gone extends Error {
  override message = "Its Odoo connection is archived.";
}
