import { nearNumbers } from "@/core/shipments/near-numbers";
import type { Tx } from "@/db/client";
import { findReferences, loadReferences } from "@/db/queries/pipeline/load";

/** A shipment that facts without a home may belong to, and why. */
export type SuggestedHome = { shipmentId: string; reasons: string[] };

const MOST_NUMBERS = 5;
const MOST_HOMES = 8;

/**
 * Suggests where facts without a home may belong: shipments that share one of their numbers, then those whose number is so near that a slip of the
 * hand or a label's barcode explains it. Reads the index of numbers alone.
 */
export async function suggestHomes(tx: Tx, shipmentId: string): Promise<SuggestedHome[]> {
  const own = (await loadReferences(tx, [shipmentId])).slice(0, MOST_NUMBERS);
  const meant = new Map<string, { said: string; kind: string; why: string | null }>();
  for (const { value, said, kind } of own) {
    meant.set(value, { said, kind, why: null });
    for (const near of nearNumbers(value))
      if (!meant.has(near.value)) meant.set(near.value, { said, kind, why: near.why });
  }
  const homes = new Map<string, { exact: boolean; reasons: Set<string> }>();
  for (const found of await findReferences(tx, [...meant.keys()])) {
    const by = meant.get(found.value);
    if (!by || found.shipmentId === shipmentId) continue;
    const home = homes.get(found.shipmentId) ?? { exact: false, reasons: new Set() };
    home.exact ||= by.why === null;
    const kind = found.kind.replaceAll("_", " ");
    home.reasons.add(
      by.why === null ? `has the same ${kind} ${found.said}` : `${kind} ${found.said}: ${by.why} in ${by.said}`,
    );
    homes.set(found.shipmentId, home);
  }
  return [...homes]
    .sort(([, a], [, b]) => Number(b.exact) - Number(a.exact) || b.reasons.size - a.reasons.size)
    .slice(0, MOST_HOMES)
    .map(([id, { reasons }]) => ({ shipmentId: id, reasons: [...reasons].slice(0, 3) }));
}
