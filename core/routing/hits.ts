import type { Hit } from "@/core/shipments/match";
import { isStrong, type Reference } from "@/core/shipments/references";
import { isSameHome } from "./decide";
import type { RouteTarget } from "./rules";

/** Odoos that a shipment belongs to: of its transfers, else the one that a rule sends it to. Empty: it may be of any. */
export type HomesOf = (shipmentId: string) => readonly RouteTarget[];

/**
 * Leaves out the shipments of other Odoos than the one that facts were routed to. A number that is only the sender's or the customer's own (an order,
 * a transfer's name without its Odoo) means nothing in another Odoo; one that is the same everywhere (a tracking number) finds its shipment
 * wherever that is, unless the Odoo meant has one too.
 */
export function hitsAt(
  target: RouteTarget,
  references: readonly Reference[],
  hits: readonly Hit[],
  homesOf: HomesOf,
): Hit[] {
  const isHere = ({ shipmentId }: Hit) => {
    const homes = homesOf(shipmentId);
    return homes.length === 0 || homes.some((home) => isSameHome(target, home));
  };
  const here = new Set(hits.filter(isHere));
  const answered = new Set([...here].map(nameOf));
  const travels = new Set(references.filter(isEverywhere).map(({ kind, value }) => `${kind} ${value}`));
  return hits.filter((hit) => {
    if (here.has(hit)) return true;
    return isEverywhere(hit.reference) && travels.has(nameOf(hit)) && !answered.has(nameOf(hit));
  });
}

function nameOf({ reference }: Hit): string {
  return `${reference.kind} ${reference.value}`;
}

function isEverywhere({ kind, issuer }: Reference): boolean {
  return isStrong(kind) && (kind !== "odoo_picking" || issuer !== null);
}
