import { describe, expect, it } from "vitest";
import { desiredPosting } from "@/core/postings/desired";
import { billOf } from "./bill";

const mapping = { vendor: "carr", connectionId: 1, companyId: 2, partnerId: 9, productId: null, currency: null };
const base = {
  kind: "invoice" as const,
  number: "INV-1",
  invoiceDate: "2026-11-20",
  dueDate: null,
  currency: "USD",
  billedMinor: 125_000,
  payMinor: null,
  reason: "",
  document: null,
};
const lines = [
  { charge: "base" as const, amountMinor: 100_000 },
  { charge: "fuel" as const, amountMinor: 10_000 },
  { charge: "base" as const, amountMinor: 20_000 },
  { charge: "discount" as const, amountMinor: -5_000 },
];

describe("the bill that Odoo is to hold", () => {
  it("has a line for each class of charges, and adds up", () => {
    const bill = billOf({ ...base, lines }, mapping);
    expect(desiredPosting.parse(bill)).toEqual(bill);
    expect(bill).toMatchObject({
      kind: "vendor_bill",
      partnerId: 9,
      reference: "INV-1",
      total: "1250.00",
      lines: [
        { name: "base", amount: "1200.00" },
        { name: "fuel", amount: "100.00" },
        { name: "discount", amount: "-50.00" },
      ],
    });
  });

  it("says on a line of its own what is not paid, and why", () => {
    const bill = billOf({ ...base, lines, payMinor: 100_000, reason: "wrong weight" }, mapping);
    expect(bill.total).toBe("1000.00");
    expect(bill.lines.at(-1)).toEqual({
      name: "short_pay",
      label: "Paid short, INV-1: wrong weight",
      amount: "-250.00",
    });
  });

  it("gives what nobody mapped, and what its charges do not explain, lines of their own, and adds up", () => {
    const said = { charge: null, amountMinor: 3_000, said: "XYZ" };
    for (const [kind, sign] of [
      ["invoice", 1],
      ["credit", -1],
    ] as const) {
      const bill = billOf(
        {
          ...base,
          kind,
          billedMinor: sign * 128_050,
          lines: [...lines, said].map((line) => ({ ...line, amountMinor: sign * line.amountMinor })),
        },
        mapping,
      );
      expect(desiredPosting.parse(bill)).toEqual(bill);
      expect(bill.lines.slice(3)).toEqual([
        { name: "not_mapped", label: "Not mapped, INV-1: XYZ", amount: "30.00" },
        { name: "not_itemised", label: "Of the total and of no charge, INV-1", amount: "0.50" },
      ]);
      const sum = bill.lines.reduce((all, { amount }) => all + Math.round(Number(amount) * 100), 0);
      expect([sum, bill.total]).toEqual([128_050, "1280.50"]);
    }
  });

  it("writes a credit with positive amounts, whichever sign the carrier used", () => {
    const credit = (sign: 1 | -1) =>
      billOf(
        { ...base, kind: "credit", billedMinor: sign * 400, lines: [{ charge: "fuel", amountMinor: sign * 400 }] },
        mapping,
      );
    expect(credit(-1)).toEqual(credit(1));
    expect(credit(-1)).toMatchObject({ kind: "vendor_credit", total: "4.00", lines: [{ amount: "4.00" }] });
  });
});
