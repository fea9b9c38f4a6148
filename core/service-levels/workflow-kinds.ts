import type { ExceptionKind } from "@/core/exceptions/kinds";
import type { PostingKind } from "@/core/postings/kinds";
import type { Workflow } from "./objectives";

/** The posting kinds by which the clock of a workflow ends in Odoo; a workflow that is not here ends in Waypost. */
export const KINDS_OF_WORKFLOW: Readonly<Partial<Record<Workflow, readonly PostingKind[]>>> = {
  tracking_publication: ["tracking_number"],
  status_update: ["transfer_validated", "status_note"],
  proof_of_delivery: ["proof_of_delivery"],
  freight_settlement: ["vendor_bill", "vendor_credit"],
};

/** The workflow whose clock a kind ends, from the receipt of its facts; null where none is measured so. */
export function workflowOfKind(kind: PostingKind): Workflow | null {
  const found = Object.entries(KINDS_OF_WORKFLOW).find(([, kinds]) => kinds?.includes(kind));
  return found === undefined ? null : (found[0] as Workflow);
}

const DELIVERY_EXCEPTIONS = new Set<ExceptionKind>([
  "delivery_failed",
  "address_mismatch",
  "customs_hold",
  "held",
  "damaged",
  "lost",
  "misrouted",
  "short",
]);

/** The workflow whose clock ends when an exception of a kind is opened; null where none does. */
export function workflowOfFinding(kind: ExceptionKind): Workflow | null {
  if (kind === "label_failed") return "label_response";
  return DELIVERY_EXCEPTIONS.has(kind) ? "delivery_exception" : null;
}
