import { decideRoute, type RouteDecision, saidIn, subjectOf } from "@/core/routing/decide";
import { hitsAt } from "@/core/routing/hits";
import { type RouteTarget, type Routing, ruleFor } from "@/core/routing/rules";
import type { Attribute, OdooPicking, StoredClaim } from "@/core/shipments/attributes";
import type { ShipmentFacts } from "@/core/shipments/facts";
import type { Hit, Match } from "@/core/shipments/match";
import { ownedAttributes } from "@/core/shipments/owned";
import type { Ownership } from "@/core/shipments/ownership";
import type { Reference } from "@/core/shipments/references";
import type { Shipment } from "@/core/shipments/shipment";
import type { Environment, Reading } from "./environment";
import type { Families, Family } from "./families";

/** What filing needs to know to find facts the Odoo they belong to; null where there is nothing to choose between. */
export type Routes = { routing: Routing; ownership: Ownership };

export function routesOf(env: Environment): Routes | null {
  const { routing, ownership } = env;
  return routing.rules.length === 0 && routing.otherwise === null ? null : { routing, ownership };
}

/** Leaves the shipments of other Odoos than the one meant out of what numbers name. */
export function routedHits(
  routes: Routes,
  families: Families,
  target: RouteTarget,
  references: readonly Reference[],
  hits: readonly Hit[],
): Hit[] {
  return hitsAt(target, references, hits, homesIn(routes, families));
}

/** Of several shipments that fit, those of the Odoo for all others: it breaks a tie and decides nothing against a number. */
export function defaultHits(
  routes: Routes,
  families: Families,
  found: Extract<Match, { kind: "ambiguous" }>,
  references: readonly Reference[],
  hits: readonly Hit[],
): Hit[] | null {
  const { otherwise } = routes.routing;
  if (otherwise === null) return null;
  const meant = hits.filter((hit) => found.candidates.includes(hit.shipmentId));
  const left = hitsAt(otherwise, references, meant, homesIn(routes, families));
  return left.length === 0 || left.length === meant.length ? null : left;
}

/** The Odoo that facts are for: of Odoo's own facts the one that tells them, else what the first rule that fits says; null where nothing does. */
export function targetOf({ routing }: Routes, reading: Reading, { claims }: ShipmentFacts): RouteTarget | null {
  if (reading.class === "odoo") {
    const picking = claims.find(({ attribute }) => attribute === "odoo_picking")?.value as OdooPicking | undefined;
    if (picking) return { connectionId: picking.connectionId, companyId: picking.companyId };
    return reading.connectionId === null ? null : { connectionId: reading.connectionId, companyId: null };
  }
  return ruleFor(routing.rules, subjectOf([reading.feedId], claims))?.to ?? null;
}

function homesIn(routes: Routes, families: Families): (shipmentId: string) => readonly RouteTarget[] {
  const known = new Map<string, readonly RouteTarget[]>();
  return (shipmentId) => {
    let homes = known.get(shipmentId);
    if (homes === undefined) {
      const family = families.family(shipmentId);
      homes = family ? homesOf(routes, family) : [];
      known.set(shipmentId, homes);
    }
    return homes;
  };
}

function homesOf({ routing, ownership }: Routes, family: Family): RouteTarget[] {
  const pickings = pickingsOf(family.claims);
  if (pickings.length > 0) return pickings;
  const { attributes } = ownedAttributes(family.claims.filter(isAskedFor), ownership);
  const rule = ruleFor(routing.rules, subjectOf(feedsOf(family), saidIn(attributes)));
  return rule === null ? [] : [rule.to];
}

const ASKED: ReadonlySet<Attribute> = new Set<Attribute>([
  "warehouse",
  "company",
  "channel",
  "address",
  "order_address",
  "label_address",
]);
const isAskedFor = ({ attribute }: StoredClaim) => ASKED.has(attribute);

function pickingsOf(claims: readonly StoredClaim[]): OdooPicking[] {
  return claims.flatMap(({ attribute, value }) => (attribute === "odoo_picking" ? [value as OdooPicking] : []));
}

function feedsOf({ events, claims }: Family): number[] {
  return [...new Set([...events, ...claims].map(({ feedId }) => feedId))];
}

/**
 * The transfer that a shipment is posted to. Where transfers of two Odoos ended in one shipment, it stays with the Odoo that was told of it: what
 * was posted there is never silently continued elsewhere.
 */
export function pickingOf(
  family: Family,
  shipment: Shipment,
  sent: readonly { connectionId: number }[],
): OdooPicking | null {
  const folded = (shipment.attributes.odoo_picking?.value ?? null) as OdooPicking | null;
  if (folded === null || sent.length === 0) return folded;
  const told = new Set(sent.map(({ connectionId }) => connectionId));
  if (told.has(folded.connectionId)) return folded;
  return pickingsOf(family.claims).findLast(({ connectionId }) => told.has(connectionId)) ?? folded;
}

/** To which Odoo the shipment belongs; null where there is nothing to choose between. */
export function routeOf(
  family: Family,
  shipment: Shipment,
  picking: OdooPicking | null,
  env: Environment,
  nowMs: number,
): RouteDecision | null {
  const connections = [...env.policies.keys()];
  if (routesOf(env) === null && connections.length < 2) return null;
  return decideRoute({
    routing: env.routing,
    connections,
    subject: subjectOf(feedsOf(family), saidIn(shipment.attributes)),
    picking,
    before: family.members.get(family.headId)?.route ?? null,
    nowMs,
  });
}
