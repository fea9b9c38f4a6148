import type { Attribute, Json } from "@/core/shipments/attributes";
import { sameValue } from "@/core/shipments/owned";
import type { Finding } from "../finding";
import { type DetectInput, finding, NOTHING, open, type Rule } from "../rule";

/** Raises `odoo_drift` when Odoo, read after our posting, holds another value than the one posted last. */
export const odooDrift: Rule = (input) => {
  if (input.posted.length === 0) return NOTHING;
  const newest = new Map<Attribute, DetectInput["posted"][number]>();
  for (const posting of input.posted) {
    if (posting.attribute === null) continue;
    const known = newest.get(posting.attribute);
    if (known === undefined || posting.postedAtMs > known.postedAtMs) newest.set(posting.attribute, posting);
  }
  const findings: Finding[] = [];
  for (const [attribute, posting] of newest) {
    const held = heldByOdoo(input, attribute);
    if (held === null || held.occurredAtMs <= posting.postedAtMs || sameValue(attribute, held.value, posting.value))
      continue;
    if (posting.accepted != null && sameValue(attribute, held.value, posting.accepted)) continue;
    findings.push(
      finding("odoo_drift", {
        subject: `field:${attribute}`,
        occurrence: `${JSON.stringify(posting.value)} ${JSON.stringify(held.value)}`,
        cause: { source: `connection:${input.picking?.connectionId ?? ""}`, what: `field:${attribute}` },
        text: `Odoo's ${attribute.replaceAll("_", " ")} is no longer what was posted`,
        evidence: { posted: posting.value, odoo: held.value },
        feedId: held.feedId,
      }),
    );
  }
  return open(...findings);
};

/** Odoo's own value, if it is a fact of its own: a confirmation of what was posted was left out by the fold. */
function heldByOdoo(
  { shipment }: DetectInput,
  attribute: Attribute,
): { value: Json; occurredAtMs: number; feedId: number } | null {
  const own = shipment.attributes[attribute];
  if (own?.feedClass === "odoo") return own;
  return (
    shipment.advisories.find((advisory) => advisory.attribute === attribute && advisory.feedClass === "odoo") ?? null
  );
}
