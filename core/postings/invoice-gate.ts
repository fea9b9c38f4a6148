/** How the shipment of an invoice stands at the moment before it is sent. */
export type InvoiceStanding = {
  terminal: string | null;
  regressions: number;
  returning: boolean;
  /** Another shipment of the same order that left and has not arrived; null where there is none. */
  underway: string | null;
};

export type InvoiceGate = { do: "send" } | { do: "wait"; why: string } | { do: "hold"; why: string };

/**
 * Says whether an invoice may be made now. Odoo invoices all that its transfers sent out, so what is still on the way of the same order is
 * waited for; facts that came in after the invoice was planned stop it.
 */
export function invoiceGate(standing: InvoiceStanding | null, askedByPerson: boolean): InvoiceGate {
  if (standing === null || askedByPerson) return { do: "send" };
  const { terminal, regressions, returning, underway } = standing;
  if (returning) return { do: "hold", why: "The goods turned back." };
  if (terminal !== "delivered") return { do: "hold", why: "The delivery was taken back." };
  if (regressions > 0) return { do: "hold", why: "A later scan contradicts the delivery." };
  if (underway !== null) return { do: "wait", why: `${underway} of the same order is still on its way.` };
  return { do: "send" };
}
