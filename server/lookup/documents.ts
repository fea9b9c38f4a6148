import type { OrderDocument } from "@/core/lookup/documents";
import type { OdooPicking } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import { workingConnections } from "@/db/queries/odoo-work";
import { findShipmentHead } from "@/db/queries/shipment-page";
import { type Actor, requireRight } from "../access/actor";
import { OdooFailure } from "../adapters/odoo/errors";
import { readOrderDocuments } from "../adapters/odoo/order-documents";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { OdooClients } from "../odoo/clients";
import { linkToRecord } from "../odoo/record-link";
import { inScope, shipmentScope } from "../shipments/scope";

/** What Odoo holds of invoices and credits of a shipment's order; `silent` says why it could not be asked. */
export type OrderDocuments = {
  documents: (OrderDocument & { link: string | null })[];
  silent: string | null;
};

/** Asks Odoo for the invoices and credits of the order; null where the shipment has no order in Odoo. */
export async function orderDocuments(
  ctx: Context,
  actor: Actor,
  clients: OdooClients,
  id: string,
): Promise<OrderDocuments | null> {
  requireRight(actor, "customers:read");
  const [scope, head] = await Promise.all([shipmentScope(ctx, actor), findShipmentHead(ctx.sql, id)]);
  if (head === null || !inScope(scope, head)) throw new AppError("not_found", "There is no shipment of this number.");
  const picking = pickingOf(head.state);
  if (!picking?.saleOrderId) return null;
  const connection = (await workingConnections(ctx.sql)).find((row) => row.id === picking.connectionId);
  if (!connection) return { documents: [], silent: "The Odoo connection is archived." };
  try {
    const client = await clients.get(ctx, connection);
    const documents = await readOrderDocuments(client, picking.saleOrderId);
    const server = { url: connection.url, version: client.server.version };
    return {
      documents: documents.map((one) => ({ ...one, link: linkToRecord(server, "account.move", one.id) })),
      silent: null,
    };
  } catch (error) {
    if (error instanceof OdooFailure) return { documents: [], silent: error.message };
    throw error;
  }
}

function pickingOf(state: Shipment | Record<string, never>): Partial<OdooPicking> | null {
  const value = "attributes" in state ? (state as Shipment).attributes.odoo_picking?.value : null;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Partial<OdooPicking>) : null;
}
