import { PRIVATE_ATTRIBUTES, withoutFreeText, withoutPrivate } from "@/core/shipments/private";
import type { Shipment } from "@/core/shipments/shipment";
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
  const shown = may(actor, "customers:read") ? page : masked(page);
  const route = may(actor, "odoo:read") ? page.head.route : null;
  return { ...shown, head: { ...shown.head, route }, odoo: odooSide(page) };
}

/** The page without `customers:read`: no address, customer or money, neither decided nor claimed, and no free text of a source. */
function masked(page: ShipmentPage): ShipmentPage {
  const { head, claims, events, notices } = page;
  const state = "attributes" in head.state ? withoutPrivate(head.state as Shipment) : head.state;
  return {
    ...page,
    head: { ...head, customer: null, state },
    claims: claims.filter(({ attribute }) => !PRIVATE_ATTRIBUTES.has(attribute)),
    events: events.map(withoutFreeText),
    notices: notices.map((notice) => ({ ...notice, address: null })),
  };
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
