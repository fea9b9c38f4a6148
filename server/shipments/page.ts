import { readShipmentPage, type ShipmentPage } from "@/db/queries/shipment-page";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { linkToRecord } from "../odoo/record-link";
import { inScope, shipmentScope } from "./scope";

/** All that the page of one shipment shows to this actor; throws `not_found`, also for what lies outside of a partner's scope. */
export async function getShipmentPage(
  ctx: Pick<Context, "sql">,
  actor: Actor,
  id: string,
): Promise<ShipmentPage & { odoo: OdooSide | null }> {
  const [scope, page] = await Promise.all([
    shipmentScope(ctx, actor),
    readShipmentPage(ctx.sql, id, {
      exceptions: may(actor, "exceptions:read"),
      postings: may(actor, "postings:read"),
      messages: may(actor, "messages:read"),
    }),
  ]);
  if (page === null || !inScope(scope, page.head))
    throw new AppError("not_found", "There is no shipment of this number.");
  return { ...page, odoo: odooSide(page) };
}

/** The Odoo record of a shipment: which connection, its id, and the address of its form where the connection was reached. */
export type OdooSide = { connectionId: number; connection: string; pickingId: number; link: string | null };

function odooSide({ head, connections }: ShipmentPage): OdooSide | null {
  if (head.connectionId === null || head.pickingId === null) return null;
  const connection = connections.find((one) => one.id === head.connectionId);
  return {
    connectionId: head.connectionId,
    connection: connection?.name ?? `connection ${head.connectionId}`,
    pickingId: head.pickingId,
    link: connection ? linkToRecord(connection, "stock.picking", head.pickingId) : null,
  };
}
