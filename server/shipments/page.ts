import { readShipmentPage, type ShipmentPage } from "@/db/queries/shipment-page";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { inScope, shipmentScope } from "./scope";

/** All that the page of one shipment shows to this actor; throws `not_found`, also for what lies outside of a partner's scope. */
export async function getShipmentPage(ctx: Pick<Context, "sql">, actor: Actor, id: string): Promise<ShipmentPage> {
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
  return page;
}
