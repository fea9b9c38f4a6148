import { areCompatible } from "@/core/shipments/anchors";
import { type Candidate, type Hit, type Match, match } from "@/core/shipments/match";
import { isStrong } from "@/core/shipments/references";

/**
 * Facts without a home that are told of again once a rule says which Odoo is meant: where their numbers name one transfer there, both are one. `hits`
 * are those of that Odoo. What a strong number holds together stays as it was matched.
 */
export function comeHome(
  found: Match,
  facts: Parameters<typeof match>[0],
  hits: readonly Hit[],
  candidates: ReadonlyMap<string, Candidate>,
  atMs: number,
): Match {
  if (found.kind !== "one" || found.by.some(({ kind }) => isStrong(kind))) return found;
  const holder = candidates.get(found.shipmentId);
  if (holder === undefined || holder.anchored) return found;
  const transfers = hits.filter(({ shipmentId }) => candidates.get(shipmentId)?.anchored);
  const home = match(facts, transfers, candidates, atMs);
  if (home.kind !== "one") return found;
  const anchors = candidates.get(home.shipmentId)?.anchors ?? [];
  return areCompatible(holder.anchors, anchors) ? { ...home, link: [...home.link, found.shipmentId] } : found;
}
