import { anchorName, anchorsIn, areCompatible, namesAll } from "./anchors";
import type { ShipmentFacts } from "./facts";
import { narrow } from "./narrow";
import { isStrong, type Reference, type ReferenceKind, STRONG_REFERENCES } from "./references";

/** A shipment that some reference names; always a head, never a linked member. */
export type Candidate = {
  shipmentId: string;
  /** Has an odoo_picking (or, without Odoo, a wms_shipment / tms_load / marketplace_fulfilment) of its own. */
  anchored: boolean;
  /** Names of all its anchor references, by `anchorName`, whether they count as anchored here or not. */
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

type MatchFacts = Pick<ShipmentFacts, "references" | "packages" | "claims">;
/** A reference of the facts and the live heads that it names; `unclear` when an unknown issuer leaves several. */
type Named = { reference: Reference; heads: readonly string[]; unclear: boolean };
type Candidates = ReadonlyMap<string, Candidate>;

/**
 * Decides which shipment facts belong to, from the stored references that equal theirs: strong keys first, then weak ones, which are
 * resolved by warehouse, packages and lines. Shipments that have an anchor of the same kind as the facts but another value are other
 * movements. Never depends on the order of `hits`.
 */
export function match(facts: MatchFacts, hits: readonly Hit[], candidates: Candidates, atMs: number): Match {
  const live = hits.filter(
    (hit) => (hit.liveUntilMs === null || hit.liveUntilMs >= atMs) && candidates.has(hit.shipmentId),
  );
  if (live.length === 0) return { kind: "none" };
  const lone = byLoneNumber(facts, live);
  if (lone !== null) return lone;
  const named = facts.references.map((reference) => lookUp(reference, live)).filter(({ heads }) => heads.length > 0);
  const clear = named.filter(({ reference, unclear }) => isStrong(reference.kind) && !unclear);
  return clear.length > 0 ? byStrong(facts, clear, named, candidates) : byWeak(facts, named, candidates);
}

/** The common case, answered at once: one strong number that is no anchor, and one shipment that has it. */
function byLoneNumber(facts: MatchFacts, live: readonly Hit[]): Match | null {
  const [reference, another] = facts.references;
  if (reference === undefined || another !== undefined || !isStrong(reference.kind)) return null;
  if (anchorName(reference) !== null) return null;
  const shipmentId = live[0]?.shipmentId ?? "";
  for (const hit of live) if (hit.shipmentId !== shipmentId || !isSame(reference, hit.reference)) return null;
  return { kind: "one", shipmentId, by: [reference], link: [] };
}

function isSame(a: Reference, b: Reference): boolean {
  return a.kind === b.kind && a.value === b.value && (a.issuer === b.issuer || a.issuer === null || b.issuer === null);
}

/** An exact issuer wins; an unknown one, on either side, matches any when exactly one live shipment has the number. */
function lookUp(reference: Reference, live: readonly Hit[]): Named {
  const equal = live.filter((hit) => hit.reference.kind === reference.kind && hit.reference.value === reference.value);
  const exact = headsOf(equal.filter((hit) => hit.reference.issuer === reference.issuer));
  if (exact.length > 0 && (reference.issuer !== null || exact.length === 1))
    return { reference, heads: exact, unclear: false };
  const heads = headsOf(equal.filter((hit) => reference.issuer === null || hit.reference.issuer === null));
  return { reference, heads, unclear: heads.length > 1 };
}

function headsOf(hits: readonly Hit[]): string[] {
  return [...new Set(hits.map((hit) => hit.shipmentId))].sort();
}

function byStrong(facts: MatchFacts, clear: readonly Named[], named: readonly Named[], candidates: Candidates): Match {
  const anchors = anchorsIn(facts.references);
  const heads = [...new Set(clear.flatMap((name) => name.heads))].sort();
  const usable = heads.filter((head) => areCompatible(anchors, anchorsAt(candidates, head)));
  const anchored = usable.filter((head) => candidates.get(head)?.anchored);
  const by = clear.map(({ reference }) => reference);
  const home = homeAmong(facts, clear, usable, anchored, named, candidates);
  if (home.kind === "ambiguous") return { kind: "ambiguous", candidates: home.candidates, by };
  const apart = heads.filter((head) => head !== home.head && standsApart(head, home.head, clear));
  const link = apart.filter((head) => home.head !== null && joins(head, home.head, anchors, usable, candidates));
  const others = apart.filter((head) => !link.includes(head));
  if (others.length > 0 || home.head === null) return { kind: "conflict", home: home.head, others, by };
  return { kind: "one", shipmentId: home.head, by, link };
}

type Home = { kind: "home"; head: string | null } | { kind: "ambiguous"; candidates: string[] };

function homeAmong(
  facts: MatchFacts,
  clear: readonly Named[],
  usable: readonly string[],
  anchored: readonly string[],
  named: readonly Named[],
  candidates: Candidates,
): Home {
  if (usable.length === 0) return { kind: "home", head: null };
  if (anchored.length === 0) {
    const owner = anchoredByWeak(facts, named, candidates);
    return { kind: "home", head: owner ?? inAll(clear, usable)[0] ?? usable[0] ?? null };
  }
  const pool = inAll(clear, anchored);
  if (pool.length === 1) return { kind: "home", head: pool[0] ?? null };
  const own = anchorsIn(facts.references);
  if (pool.length === 0 && anchored.every((head) => namesAll(own, anchorsAt(candidates, head)))) {
    return { kind: "home", head: anchored[0] ?? null };
  }
  const holder = holderOf(usable, clear, candidates);
  if (pool.length === 0) return { kind: "home", head: holder ?? byPriority(clear, anchored) };
  const weak = named.filter(({ reference }) => !isStrong(reference.kind));
  const shared = inAll(weak, pool);
  const left = narrow(facts, shared.length > 0 ? shared : pool, candidates);
  if (left.length === 1) return { kind: "home", head: left[0] ?? null };
  return holder === null ? { kind: "ambiguous", candidates: left } : { kind: "home", head: holder };
}

/**
 * The one anchored shipment that the weak keys name, when the strong ones name provisional shipments only: a number that was told before its
 * order comes home to it, whichever of the two came first.
 */
function anchoredByWeak(facts: MatchFacts, named: readonly Named[], candidates: Candidates): string | null {
  const anchors = anchorsIn(facts.references);
  const weak = named
    .filter(({ reference }) => !isStrong(reference.kind))
    .map((name) => ({
      ...name,
      heads: name.heads.filter(
        (head) => candidates.get(head)?.anchored && areCompatible(anchors, anchorsAt(candidates, head)),
      ),
    }))
    .filter(({ heads }) => heads.length > 0);
  const all = [...new Set(weak.flatMap(({ heads }) => heads))].sort();
  if (all.length === 0) return null;
  const shared = inAll(weak, all);
  const left = narrow(facts, shared.length > 0 ? shared : all, candidates);
  return left.length === 1 ? (left[0] ?? null) : null;
}

/** A head that some strong key names and the home not: either the same movement told in two parts, or another one. */
function standsApart(head: string, home: string | null, clear: readonly Named[]): boolean {
  return clear.some(({ heads }) => heads.includes(head) && (home === null || !heads.includes(home)));
}

/** A provisional head joins the home unless an anchor of its own contradicts; an anchored one only where the facts name both as one. */
function joins(
  head: string,
  home: string,
  anchors: readonly string[],
  usable: readonly string[],
  candidates: Candidates,
): boolean {
  if (!usable.includes(head)) return false;
  if (namesAll(anchors, anchorsAt(candidates, head)) && namesAll(anchors, anchorsAt(candidates, home))) return true;
  return !candidates.get(head)?.anchored && areCompatible(anchorsAt(candidates, head), anchorsAt(candidates, home));
}

function byWeak(facts: MatchFacts, named: readonly Named[], candidates: Candidates): Match {
  const anchors = anchorsIn(facts.references);
  const fits = (head: string) => areCompatible(anchors, anchorsAt(candidates, head));
  const fitting = named
    .map((name) => ({ ...name, heads: name.heads.filter(fits) }))
    .filter(({ heads }) => heads.length > 0);
  const all = [...new Set(fitting.flatMap(({ heads }) => heads))].sort();
  if (all.length === 0) return { kind: "none" };
  const by = fitting.map(({ reference }) => reference);
  const shared = inAll(fitting, all);
  const left = narrow(facts, shared.length > 0 ? shared : all, candidates);
  const home = left.length === 1 ? left[0] : holderOf(left, fitting, candidates);
  return home ? { kind: "one", shipmentId: home, by, link: [] } : { kind: "ambiguous", candidates: left, by };
}

/** Those of `pool` that every name which knows any of them knows. */
function inAll(names: readonly Named[], pool: readonly string[]): string[] {
  const relevant = names.filter(({ heads }) => heads.some((head) => pool.includes(head)));
  return pool.filter((head) => relevant.every(({ heads }) => heads.includes(head)));
}

/** The provisional shipment that took such facts before, when they were found ambiguous: further ones go there too. */
function holderOf(pool: readonly string[], names: readonly Named[], candidates: Candidates): string | null {
  const holders = pool.filter((head) => {
    const candidate = candidates.get(head);
    return (
      candidate &&
      !candidate.anchored &&
      candidate.anchors.length === 0 &&
      names.every(({ heads }) => heads.includes(head))
    );
  });
  return holders.length === 1 ? (holders[0] ?? null) : null;
}

/** The anchored shipment that the most telling kind of reference names, if that kind names only one. */
function byPriority(clear: readonly Named[], anchored: readonly string[]): string | null {
  for (const kind of PRIORITY) {
    const heads = clear.filter(({ reference }) => reference.kind === kind).flatMap((name) => name.heads);
    const named = new Set(heads.filter((head) => anchored.includes(head)));
    if (named.size === 1) return [...named][0] ?? null;
    if (named.size > 1) return null;
  }
  return null;
}

const PRIORITY: readonly ReferenceKind[] = [
  "odoo_picking",
  "wms_shipment",
  "tms_load",
  "marketplace_fulfilment",
  ...STRONG_REFERENCES,
];

function anchorsAt(candidates: Candidates, head: string): readonly string[] {
  return candidates.get(head)?.anchors ?? [];
}
