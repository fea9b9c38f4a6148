import type { ProofSubject } from "@/core/proof/proof";
import { ATTRIBUTES, type Attribute } from "@/core/shipments/attributes";
import { MILESTONES, type Milestone } from "@/core/shipments/milestones";

/** Reads `?why=delivered` or `?why=field.carrier` of a shipment's page; null for anything else. */
export function whyOf(shipmentId: string, why: string | null): ProofSubject | null {
  if (why === null) return null;
  const field = why.startsWith("field.") ? why.slice("field.".length) : null;
  if (field !== null)
    return (ATTRIBUTES as readonly string[]).includes(field)
      ? { kind: "attribute", shipmentId, attribute: field as Attribute }
      : null;
  return (MILESTONES as readonly string[]).includes(why)
    ? { kind: "milestone", shipmentId, milestone: why as Milestone }
    : null;
}

/** Where the proof is downloaded. */
export function exportAddress(subject: ProofSubject): string {
  if (subject.kind === "posting") return `/proof/export?posting=${subject.id}`;
  const what = subject.kind === "milestone" ? `milestone=${subject.milestone}` : `attribute=${subject.attribute}`;
  return `/proof/export?shipment=${subject.shipmentId}&${what}`;
}

/** "Why is this delivered?", "Who decides the carrier, and why?" */
export function questionOf(subject: ProofSubject): string {
  if (subject.kind === "posting") return "Why does Odoo hold this?";
  if (subject.kind === "milestone") return `Why is this ${quoted(subject.milestone)}?`;
  return `Why this ${subject.attribute.replaceAll("_", " ")}?`;
}

/** One word reads as a state, several are told as a name. */
export function quoted(milestone: string): string {
  return milestone.includes("_") ? `“${milestone.replaceAll("_", " ")}”` : milestone;
}
