import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Document, duplicatesOf, lineageOf } from "./duplicate";

let clock = 0;
function bill(over: Partial<Document> & { pro?: string } = {}): Document {
  const { pro, ...rest } = over;
  clock++;
  const number = rest.number ?? `N${clock}`;
  return {
    id: `id${clock}`,
    vendor: "carr",
    number,
    numberKey: number,
    kind: "invoice",
    totalText: "100.00",
    receivedAtMs: clock,
    messageId: `m${clock}`,
    at: `ST ${clock}`,
    references: pro ? [{ kind: "pro_number", value: pro, said: pro, position: 0 }] : [],
    lines: [{ position: 1, code: null, amount: "100.00" }],
    ...rest,
  };
}

describe("bills that repeat others", () => {
  it("finds the same number with other content, and names the one that came first", () => {
    const first = bill({ number: "A" });
    const second = bill({ number: "A", totalText: "120.00" });
    expect(duplicatesOf(second, [first])).toMatchObject([{ invoiceId: first.id, by: "number" }]);
    expect(duplicatesOf(first, [second])).toEqual([]);
  });

  it("takes the one that stands first in a message for the original", () => {
    const one = { messageId: "m", receivedAtMs: 0, pro: "P1" };
    const [first, second] = [bill({ ...one, at: "ST 9" }), bill({ ...one, at: "ST 10" })];
    expect(duplicatesOf(second, [first])).toHaveLength(1);
    expect(duplicatesOf(first, [second])).toEqual([]);
  });

  it("finds the same PRO billed again under a new number, whatever the amount", () => {
    const first = bill({ pro: "P1" });
    const second = bill({ pro: "P1", totalText: "7.00" });
    expect(duplicatesOf(second, [first])).toMatchObject([{ invoiceId: first.id, by: "reference", said: "P1" }]);
  });

  it("takes a bill whose predecessor was credited in full as its correction", () => {
    const first = bill({ pro: "P1" });
    const credit = bill({ pro: "P1", kind: "credit", totalText: "-100.00" });
    const again = bill({ pro: "P1", totalText: "90.00" });
    expect(duplicatesOf(again, [first, credit])).toEqual([]);
    expect(lineageOf(again, [first, credit])).toEqual([credit.id]);
  });

  it("finds a line billed before by parcel, word and amount, and leaves an adjustment of the parcel alone", () => {
    const parcel = (at: number) => [{ kind: "tracking_number" as const, value: "1Z1", said: "1Z1", position: at }];
    const first = bill({ references: parcel(1), lines: [{ position: 1, code: "FUE", amount: "2.00" }] });
    const same = bill({ references: parcel(2), lines: [{ position: 2, code: "FUE", amount: "2.00" }] });
    const other = bill({ references: parcel(1), lines: [{ position: 1, code: "FUE", amount: "3.00" }] });
    expect(duplicatesOf(same, [first])).toMatchObject([{ by: "line", positions: [2] }]);
    expect(duplicatesOf(other, [first])).toEqual([]);
  });

  it("leaves other carriers, and a credit beside its bill, alone", () => {
    const first = bill({ number: "A", pro: "P1" });
    expect(duplicatesOf(bill({ number: "A", pro: "P1", vendor: "other" }), [first])).toEqual([]);
    expect(duplicatesOf(bill({ number: "A", pro: "P1", kind: "credit" }), [first])).toEqual([]);
  });

  it("calls the same ones duplicates in whatever order they are looked at", () => {
    const all = [
      bill({ number: "A" }),
      bill({ number: "A" }),
      bill({ pro: "P" }),
      bill({ pro: "P" }),
      bill({ number: "A", pro: "P" }),
    ];
    const found = (list: readonly Document[]) =>
      Object.fromEntries(
        all.map((one) => [
          one.id,
          duplicatesOf(one, list)
            .map(({ invoiceId }) => invoiceId)
            .sort(),
        ]),
      );
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(found(shuffled)).toEqual(found(all));
      }),
    );
  });
});
