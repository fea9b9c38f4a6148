import type { OdooPicking } from "@/core/shipments/attributes";
import { type DesiredPosting, desiredPosting } from "./desired";
import type { PostingKind } from "./kinds";

/** Kinds that a cancelled transfer does not take; a note, a document or an activity it still does. */
export const NEEDS_OPEN: ReadonlySet<PostingKind> = new Set<PostingKind>([
  "tracking_number",
  "transfer_validated",
  "status_field",
  "return_transfer",
  "customer_invoice",
]);

/** Says why a transfer, as it was last read, does not take a kind; null where it does. */
export function closedFor(kind: PostingKind, picking: OdooPicking): string | null {
  const { name, state, returns = [], saleOrderId } = picking;
  if (state === "cancel") return NEEDS_OPEN.has(kind) ? `${name} is cancelled in Odoo.` : null;
  if (kind === "transfer_validated") return state === "done" ? `${name} is done in Odoo already.` : null;
  if (kind === "return_transfer") {
    if (state !== "done") return `${name} is not done in Odoo, so nothing of it can come back.`;
    return returns.length > 0 ? `Odoo has its return ${returns[0]} already.` : null;
  }
  if (kind !== "customer_invoice") return null;
  if (saleOrderId === null) return `${name} belongs to no sales order.`;
  return state === "done" ? null : `${name} is not done in Odoo, so its order has delivered nothing.`;
}

/** Says what of an effect cannot be written as it is; null where it can. Such a posting is planned, shown and never sent. */
export function faultIn(
  desired: DesiredPosting,
  picking: Pick<OdooPicking, "name" | "companyId"> | null,
): string | null {
  if (picking !== null && picking.companyId === null) return `The company of ${picking.name} is not known.`;
  const parsed = desiredPosting.safeParse(desired);
  if (parsed.success) return null;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join(" ").replaceAll("_", " ") ?? "";
  return `${at === "" ? "Its value" : at} cannot be written: ${issue?.message ?? "it does not fit its form"}.`;
}
