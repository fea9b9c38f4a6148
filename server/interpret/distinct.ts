import type { ShipmentFacts } from "@/core/shipments/facts";
import { isStrong, type Reference } from "@/core/shipments/references";

/** Facts of one document that speak of the same shipment. */
export type Distinct = { facts: ShipmentFacts[] };

/**
 * Gathers what one document says of one shipment: facts with a strong reference in common, or, where there is none, with all references the
 * same. Keeps the order of first appearance.
 */
export function gatherShipments(all: readonly ShipmentFacts[]): Distinct[] {
  const groupOf = new Map<string, Distinct>();
  const groups = new Set<Distinct>();
  for (const facts of all) {
    const keys = keysOf(facts);
    const found = [...new Set(keys.flatMap((key) => groupOf.get(key) ?? []))];
    const group = found[0] ?? { facts: [] };
    groups.add(group);
    for (const other of found.slice(1)) {
      group.facts.push(...other.facts);
      groups.delete(other);
      for (const key of other.facts.flatMap(keysOf)) groupOf.set(key, group);
    }
    group.facts.push(facts);
    for (const key of keys) groupOf.set(key, group);
  }
  return [...groups];
}

function keysOf({ references }: ShipmentFacts): string[] {
  const strong = references.filter(({ kind }) => isStrong(kind)).map(keyOf);
  return strong.length > 0 ? strong : [`all ${references.map(keyOf).sort().join(" ")}`];
}

function keyOf({ kind, issuer, value }: Reference): string {
  return `${kind} ${issuer ?? ""} ${value}`;
}
