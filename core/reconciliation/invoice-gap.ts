import type { Thresholds } from "@/core/exceptions/thresholds";
import type { Shipment } from "@/core/shipments/shipment";
import type { OdooHeld } from "./compare";

/** How delivery and invoice of a shipment stand apart; until `dueAtMs` that is as it should be. */
export type InvoiceGap = {
  list: "delivered_not_invoiced" | "invoiced_not_delivered";
  sinceMs: number;
  dueAtMs: number;
};

export type InvoiceClock = {
  thresholds: Pick<Thresholds, "invoiceHoldDays" | "invoicedAheadDays">;
  /** When it was first seen invoiced and not delivered; null where it is seen for the first time. */
  invoicedSinceMs: number | null;
  nowMs: number;
};

const DAY_MS = 86_400_000;
const LOOK_AGAIN_MS = 6 * 3_600_000;

/**
 * Compares the delivery, as carriers told it, with how much of it Odoo has invoiced; null where they agree or one of them is not known. Orders that
 * are paid before they are sent are invoiced while they travel: that has its days, or until the promise where that is later.
 */
export function invoiceGap(
  shipment: Shipment,
  odoo: OdooHeld | null,
  { thresholds, invoicedSinceMs, nowMs }: InvoiceClock,
): InvoiceGap | null {
  if (odoo === null || odoo.state === "cancel" || odoo.invoiced === null) return null;
  const { delivered } = shipment.reached;
  if (delivered) {
    if (odoo.invoiced === "full") return null;
    const sinceMs = delivered.occurredAtMs ?? delivered.receivedAtMs ?? nowMs;
    return { list: "delivered_not_invoiced", sinceMs, dueAtMs: sinceMs + thresholds.invoiceHoldDays * DAY_MS };
  }
  if (odoo.invoiced === "none" || shipment.terminal !== null) return null;
  const sinceMs = Math.min(invoicedSinceMs ?? nowMs, nowMs);
  const dueAtMs = Math.max(sinceMs + thresholds.invoicedAheadDays * DAY_MS, shipment.promisedDeliveryAtMs ?? 0);
  return { list: "invoiced_not_delivered", sinceMs, dueAtMs };
}

/** When a shipment on a readiness list is looked at again although nothing of it changes: when a gap falls due, and some times a day. */
export function lookAgainAt(gap: InvoiceGap | null, nowMs: number): number {
  const next = nowMs + LOOK_AGAIN_MS;
  return gap !== null && gap.dueAtMs > nowMs ? Math.min(gap.dueAtMs + 1, next) : next;
}
