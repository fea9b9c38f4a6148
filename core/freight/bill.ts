import { fromMinor } from "@/core/money";
import type { DesiredBill } from "@/core/postings/desired";
import { CHARGE_LABELS, CHARGES, type Charge } from "./charges";
import type { VendorMapping } from "./settings";

export type BillInput = {
  kind: "invoice" | "credit";
  number: string;
  invoiceDate: string | null;
  dueDate: string | null;
  currency: string;
  billedMinor: number;
  /** Less than billed, where it is paid short. */
  payMinor: number | null;
  reason: string;
  /** `said` is the carrier's word, where nobody has mapped it. */
  lines: readonly { charge: Charge | null; amountMinor: number | null; said?: string | null }[];
  document: DesiredBill["document"];
};

/**
 * Writes the bill that Odoo is to hold: a line for each class of charges, one for those that nobody has mapped, one for what the charges do
 * not explain of the total, and one that takes off what is not paid. A credit's amounts are written as Odoo counts them, positive, whichever
 * sign the carrier used.
 */
export function billOf(input: BillInput, mapping: VendorMapping): DesiredBill {
  const { currency } = input;
  const sign = input.kind === "credit" && input.billedMinor < 0 ? -1 : 1;
  const sums = new Map<Charge | null, number>();
  for (const { charge, amountMinor } of input.lines)
    if (amountMinor !== null) sums.set(charge, (sums.get(charge) ?? 0) + sign * amountMinor);
  const explained = [...sums.values()].reduce((all, amount) => all + amount, 0);
  const lines: DesiredBill["lines"] = CHARGES.filter((charge) => sums.has(charge)).map((charge) => ({
    name: charge,
    label: `${CHARGE_LABELS[charge]}, ${input.number}`,
    amount: fromMinor(sums.get(charge) ?? 0, currency),
  }));
  const unmapped = sums.get(null);
  if (unmapped !== undefined) {
    const words = new Set(input.lines.flatMap(({ charge, said }) => (charge === null && said ? [said] : [])));
    const label = `Not mapped, ${input.number}: ${[...words].join(", ")}`.slice(0, 250);
    lines.push({ name: "not_mapped", label, amount: fromMinor(unmapped, currency) });
  }
  const rest = sign * input.billedMinor - explained;
  if (rest !== 0)
    lines.push({
      name: "not_itemised",
      label: `Of the total and of no charge, ${input.number}`,
      amount: fromMinor(rest, currency),
    });
  if (input.payMinor !== null) {
    const label = `Paid short, ${input.number}: ${input.reason.trim()}`.slice(0, 250);
    lines.push({ name: "short_pay", label, amount: fromMinor(input.payMinor - input.billedMinor, currency) });
  }
  return {
    kind: input.kind === "credit" ? "vendor_credit" : "vendor_bill",
    partnerId: mapping.partnerId,
    productId: mapping.productId,
    reference: input.number,
    invoiceDate: input.invoiceDate,
    dueDate: input.dueDate,
    currency,
    total: fromMinor(sign * (input.payMinor ?? input.billedMinor), currency),
    lines,
    document: input.document,
  };
}
