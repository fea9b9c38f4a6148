import type { Reference, ReferenceKind } from "./references";

/** References that are a shipment's own in the system that made it, the most telling first. */
export const ANCHOR_KINDS = ["odoo_picking", "wms_shipment", "tms_load", "marketplace_fulfilment"] as const;

/** Loose enough for a stored row, whose issuer is "" where none was named. */
type Anchor = Pick<Reference, "kind" | "value"> & { issuer?: string | null };

/**
 * Names an anchor reference for `Candidate.anchors`: kind and normalised value; of a transfer also its Odoo where it was named, because two
 * Odoos number theirs alike. null for other kinds.
 */
export function anchorName({ kind, value, issuer }: Anchor): string | null {
  if (!(ANCHOR_KINDS as readonly ReferenceKind[]).includes(kind)) return null;
  return kind === "odoo_picking" && issuer ? `${kind} ${value} ${issuer}` : `${kind} ${value}`;
}

/** The same anchor; one without its Odoo named fits any. Values hold no blanks. */
function isSame(a: string, b: string): boolean {
  return a === b || (a.length < b.length ? b.startsWith(`${a} `) : a.startsWith(`${b} `));
}

/** Lists the anchors among references. */
export function anchorsIn(references: readonly Anchor[]): string[] {
  return references.flatMap((reference) => anchorName(reference) ?? []);
}

/**
 * Says whether two sets of anchors can be of one movement: the first kind of which both have one decides, by having a value in common.
 * Where they share no kind, nothing speaks against it.
 */
export function areCompatible(some: readonly string[], others: readonly string[]): boolean {
  for (const kind of ANCHOR_KINDS) {
    const mine = some.filter((anchor) => anchor.startsWith(`${kind} `));
    if (mine.length === 0) continue;
    const theirs = others.filter((anchor) => anchor.startsWith(`${kind} `));
    if (theirs.length > 0) return mine.some((anchor) => theirs.some((their) => isSame(anchor, their)));
  }
  return true;
}

/**
 * Says whether facts name every anchor that a shipment has of the deciding kind: two shipments of which this holds are one thing under
 * two names (a picking's id and its name).
 */
export function namesAll(facts: readonly string[], others: readonly string[]): boolean {
  for (const kind of ANCHOR_KINDS) {
    const theirs = others.filter((anchor) => anchor.startsWith(`${kind} `));
    if (theirs.length > 0 && facts.some((anchor) => anchor.startsWith(`${kind} `))) {
      return theirs.every((anchor) => facts.some((fact) => isSame(anchor, fact)));
    }
  }
  return false;
}
