/** An invoice or a credit note of an order, as Odoo holds it now. */
export type OrderDocument = {
  id: number;
  kind: "invoice" | "credit";
  /** Odoo's number; null while it is a draft. */
  name: string | null;
  state: "draft" | "posted" | "cancel";
  amountMinor: number | null;
  currency: string;
  date: string | null;
  /** Odoo's word for what was paid; null where this Odoo does not say. */
  paid: string | null;
};

const PAID_WORD: Readonly<Record<string, string>> = {
  not_paid: "open",
  in_payment: "payment under way",
  paid: "paid",
  partial: "partly paid",
  reversed: "reversed",
};

/** Says where a document stands: a credit that is paid has gone back to the customer. */
export function standingOf({ kind, state, paid }: OrderDocument): string {
  if (state === "draft") return "draft";
  if (state === "cancel") return "cancelled";
  if (paid === null) return "posted";
  if (paid === "paid" && kind === "credit") return "paid out or set against an invoice";
  return PAID_WORD[paid] ?? paid.replaceAll("_", " ");
}
