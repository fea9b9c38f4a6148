import { PRIVATE_ATTRIBUTES } from "@/core/shipments/attributes";
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
  return { ...(scope === null ? page : withoutPrivate(page)), odoo: odooSide(page) };
}

/** What a partner sees: no address, customer or money, neither decided nor claimed. */
function withoutPrivate(page: ShipmentPage): ShipmentPage {
  const { head, claims } = page;
  const state = "attributes" in head.state ? shownOf(head.state as Shipment) : head.state;
  return {
    ...page,
    head: { ...head, customer: null, state },
    claims: claims.filter(({ attribute }) => !PRIVATE_ATTRIBUTES.has(attribute)),
  };
}

function shownOf(state: Shipment): Shipment {
  const attributes = { ...state.attributes };
  for (const attribute of PRIVATE_ATTRIBUTES) delete attributes[attribute];
  return {
    ...state,
    attributes,
    advisories: state.advisories.filter(({ attribute }) => !PRIVATE_ATTRIBUTES.has(attribute)),
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
