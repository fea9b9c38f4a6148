import type { ReferenceHit } from "@/db/queries/shipment-search";
import { type FoundShipment, listFoundShipments, searchShipments } from "@/db/queries/shipment-search";
import { type Actor, may } from "../access/actor";
import type { Context } from "../context";
import { inScope, shipmentScope } from "./scope";

export type Found = FoundShipment & { reference: { kind: string; issuer: string; said: string } };

/** Jumps to shipments by any number, for the command palette: each shipment once, with the number that matched. */
export async function findShipments(
  ctx: Pick<Context, "sql">,
  actor: Actor,
  input: { said: string; limit: number },
): Promise<Found[]> {
  const [scope, { hits }] = await Promise.all([
    shipmentScope(ctx, actor),
    searchShipments(ctx.sql, input.said, input.limit * 3),
  ]);
  const first = new Map<string, ReferenceHit>();
  for (const hit of hits) if (!first.has(hit.id)) first.set(hit.id, hit);
  const shipments = await listFoundShipments(ctx.sql, [...first.keys()]);
  const shown = may(actor, "customers:read");
  const by = new Map(shipments.map((one) => [one.id, shown ? one : { ...one, customer: null }]));
  return [...first]
    .flatMap(([id, { kind, issuer, said }]) => {
      const shipment = by.get(id);
      return shipment && inScope(scope, shipment) ? [{ ...shipment, reference: { kind, issuer, said } }] : [];
    })
    .slice(0, input.limit);
}
