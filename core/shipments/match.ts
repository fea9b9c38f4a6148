import type { ShipmentFacts } from "./facts";
import type { Reference } from "./references";

/** A shipment that some reference names; always a head, never a linked member. */
export type Candidate = {
  shipmentId: string;
  /** Has an odoo_picking (or, without Odoo, a wms_shipment / tms_load / marketplace_fulfilment) of its own. */
  anchored: boolean;
  anchors: readonly string[];
  warehouse: string | null;
  packages: readonly string[];
  products: readonly string[];
};

/** One stored reference that equals one of the facts; `liveUntilMs` null = live for good. */
export type Hit = { reference: Reference; shipmentId: string; liveUntilMs: number | null };

export type Match =
  /** `link`: other provisional heads that turn out to be the same movement, to be linked to `shipmentId`. */
  | { kind: "one"; shipmentId: string; by: Reference[]; link: string[] }
  | { kind: "none" }
  /** The facts get a provisional shipment of their own and `ambiguous_match`. */
  | { kind: "ambiguous"; candidates: string[]; by: Reference[] }
  /** Strong keys of several anchored shipments: `duplicate_shipment`. */
  | { kind: "conflict"; home: string | null; others: string[]; by: Reference[] };

/** Decides which shipment facts belong to, from the stored references that equal theirs. Never depends on the order of `hits`. */
export function match(
  facts: Pick<ShipmentFacts, "references" | "packages" | "claims">,
  hits: readonly Hit[],
  candidates: ReadonlyMap<string, Candidate>,
  atMs: number,
): Match {
  const live = hits.filter((hit) => hit.liveUntilMs === null || hit.liveUntilMs >= atMs);
  const first = live.map((hit) => hit.shipmentId).sort()[0];
  if (first === undefined || !candidates.has(first) || facts.references.length === 0) return { kind: "none" };
  return { kind: "one", shipmentId: first, by: live.map((hit) => hit.reference), link: [] };
}
