import type { FacetCell } from "@/core/shipments/filter";
import { findPerson } from "@/db/queries/people";
import type { Actor } from "../access/actor";
import type { Context } from "../context";
import { type PartnerScope, partnerScopeOf } from "../people/partner-scope";

/** What of the shipments somebody may see: null is all; a partner sees the carriers and warehouses of their scope. */
export async function shipmentScope(ctx: Pick<Context, "sql">, actor: Actor): Promise<PartnerScope | null> {
  if (actor.kind !== "person" || actor.role !== "partner") return null;
  const person = await findPerson(ctx.sql, actor.id);
  return person ? partnerScopeOf(person.settings) : { carriers: [], warehouses: [] };
}

/** Says whether a shipment lies within a scope. */
export function inScope(scope: PartnerScope | null, shipment: Pick<FacetCell, "carrier" | "warehouse">): boolean {
  if (scope === null) return true;
  const { carrier, warehouse } = shipment;
  return (
    (carrier !== null && scope.carriers.includes(carrier)) ||
    (warehouse !== null && scope.warehouses.includes(warehouse))
  );
}
