import { describe, expect, it } from "vitest";
import { type Charge, chargeIn } from "./charges";
import { type CheckInput, checkBill } from "./check";
import type { Document } from "./duplicate";
import { freightSchema } from "./settings";

const settings = freightSchema.parse({
  vendors: [{ vendor: "carr", connectionId: 1, companyId: 1, partnerId: 9 }],
  tolerances: [
    {
      name: "Fuel of carr",
      vendor: "carr",
      charge: "fuel",
      overAmount: 1,
      overPercent: 50,
      underAmount: 1,
      underPercent: 50,
    },
    { name: "Everybody", overAmount: 10, overPercent: 5, underAmount: 50, underPercent: 20 },
  ],
});
const document: Document = {
  id: "a",
  vendor: "carr",
  numberKey: "INV1",
  number: "INV-1",
  kind: "invoice",
  totalText: "112.00",
  receivedAtMs: 0,
  messageId: "m",
  at: "ST 1",
  references: [],
  lines: [],
};
const words: Record<string, Charge> = { FUE: "fuel", DSC: "discount", RES: "residential" };
const one = { shipmentId: "s1", several: [] };

type Said = [
  word: string | null,
  amount: string,
  match?: CheckInput["matches"] extends ReadonlyMap<number, infer M> ? M : never,
];

function check(
  lines: Said[],
  over: Partial<Omit<CheckInput, "document">> & {
    document?: Partial<Document>;
    expected?: Map<string, { amountMinor: number; currency: string }>;
  } = {},
) {
  const { document: other, ...rest } = over;
  const total = lines.reduce((sum, [, amount]) => sum + Math.round(Number(amount) * 100), 0);
  return checkBill({
    document: { ...document, totalText: (total / 100).toFixed(2), ...other },
    currency: "USD",
    lines: lines.map(([code, amount], at) => ({
      position: at + 1,
      code,
      description: null,
      implied: code === null ? "base" : null,
      amount,
    })),
    chargeOf: (word) => chargeIn(words[word]),
    matches: new Map(lines.map(([, , match], at) => [at + 1, match ?? one])),
    expected: new Map([["s1", { amountMinor: 100_00, currency: "USD" }]]),
    approved: new Map(),
    duplicates: [],
    settings,
    ...rest,
  });
}

const verdictOf = (...input: Parameters<typeof check>) => check(...input).verdict;

describe("the check of a freight bill", () => {
  it("says over, by how much and by which rule, 12 percent above what was expected", () => {
    expect(check([[null, "112.00"]])).toMatchObject({
      verdict: "variance",
      billedMinor: 11_200,
      expectedMinor: 10_000,
      overMinor: 1_200,
      underMinor: 0,
      matched: "full",
      objections: [{ check: "variance", text: "12.00 USD over (12.0 %) by rule “Everybody”", final: false }],
      lines: [{ verdict: "over", rule: "Everybody", charge: "base", shipmentId: "s1", expectedMinor: 10_000 }],
    });
  });

  it.each<[string, Said[], string]>([
    ["clean where it is what was expected", [[null, "100.00"]], "clean"],
    ["clean at the limits of amount and percent", [[null, "105.00"]], "clean"],
    ["a variance one cent beyond", [[null, "105.01"]], "variance"],
    ["clean under, by its own wider limits", [[null, "80.00"]], "clean"],
    ["a variance under them", [[null, "79.99"]], "variance"],
    [
      "clean with discount and fuel that add up",
      [
        [null, "120.00"],
        ["FUE", "10.00"],
        ["DSC", "-30.00"],
      ],
      "clean",
    ],
    [
      "invalid with a discount that adds",
      [
        [null, "90.00"],
        ["DSC", "10.00"],
      ],
      "invalid",
    ],
    [
      "invalid with a charge that takes away",
      [
        [null, "110.00"],
        ["FUE", "-10.00"],
      ],
      "invalid",
    ],
    [
      "blocked by a word that nobody mapped",
      [
        [null, "90.00"],
        ["XYZ", "10.00"],
      ],
      "blocked",
    ],
    [
      "unmatched with a line about no shipment",
      [
        [null, "100.00"],
        ["FUE", "1.00", { shipmentId: null, several: [] }],
      ],
      "unmatched",
    ],
    ["unmatched with a line about several", [[null, "100.00", { shipmentId: null, several: ["a", "b"] }]], "unmatched"],
    ["unchecked where nothing was expected", [[null, "100.00", { shipmentId: "s2", several: [] }]], "unchecked"],
  ])("is %s", (_what, lines, verdict) => {
    expect(verdictOf(lines)).toBe(verdict);
  });

  it("is blocked where the charges do not add up, the carrier is nobody, or no currency is known", () => {
    expect(verdictOf([[null, "100.00"]], { document: { totalText: "101.00" } })).toBe("blocked");
    expect(verdictOf([[null, "100.00"]], { document: { vendor: "nobody" } })).toBe("blocked");
    expect(verdictOf([[null, "100.00"]], { currency: null })).toBe("blocked");
    expect(check([], { document: { totalText: "1.00" } }).objections).toMatchObject([{ check: "amount", final: true }]);
  });

  it("blocks for good only where there is no bill to post: no partner, no currency, no amount", () => {
    const finals = (...input: Parameters<typeof check>) =>
      check(...input)
        .objections.filter(({ final }) => final)
        .map((one) => one.check);
    expect(finals([[null, "100.00"]], { document: { vendor: "nobody" } })).toEqual(["vendor"]);
    expect(finals([[null, "100.00"]], { currency: null })).toEqual(["currency"]);
    expect(finals([[null, "ten"]], { document: { totalText: "10.00" } })).toEqual(["amount"]);
    expect(finals([[null, "100.00"]], { document: { totalText: "101.00" } })).toEqual([]);
    expect(
      finals([
        [null, "90.00"],
        ["XYZ", "10.00"],
      ]),
    ).toEqual([]);
  });

  it("counts what was approved on other bills, and says so", () => {
    expect(check([[null, "100.00"]], { approved: new Map([["s1", 100_00]]) }).objections).toEqual([
      {
        check: "variance",
        text: "100.00 USD over (100.0 %) by rule “Everybody”, counting 100.00 that is approved for the shipment on other bills",
        final: false,
      },
    ]);
    const unknown = { approved: new Map([["s2", 60_00]]) };
    expect(check([[null, "40.00", { shipmentId: "s2", several: [] }]], unknown)).toMatchObject({
      verdict: "variance",
      objections: [
        { check: "expected" },
        { check: "variance", text: expect.stringContaining("60.00 USD is approved") },
      ],
    });
  });

  it("takes the currency that the carrier's settings name, where the document names none", () => {
    const vendors = [{ ...settings.vendors[0], currency: "USD" }] as typeof settings.vendors;
    expect(check([[null, "100.00"]], { currency: null, settings: { ...settings, vendors } })).toMatchObject({
      verdict: "clean",
      currency: "USD",
    });
  });

  it("never nets what is too much on one shipment with what is too little on another", () => {
    const two = { shipmentId: "s2", several: [] };
    const expected = new Map(["s1", "s2"].map((id) => [id, { amountMinor: 100_00, currency: "USD" }]));
    expect(
      check(
        [
          [null, "150.00"],
          [null, "50.00", two],
        ],
        { expected },
      ),
    ).toMatchObject({
      verdict: "variance",
      billedMinor: 20_000,
      expectedMinor: 20_000,
      overMinor: 5_000,
      underMinor: 5_000,
    });
  });

  it("passes nothing but nothing where nothing was expected", () => {
    const expected = new Map([["s1", { amountMinor: 0, currency: "USD" }]]);
    expect(verdictOf([[null, "0.50"]], { expected })).toBe("variance");
    expect(verdictOf([[null, "0.00"]], { expected })).toBe("clean");
  });

  it("counts what was approved for the shipment before", () => {
    expect(verdictOf([["FUE", "20.00"]], { approved: new Map([["s1", 100_00]]) })).toBe("variance");
  });

  it("does not compare amounts of two currencies", () => {
    const expected = new Map([["s1", { amountMinor: 100_00, currency: "EUR" }]]);
    expect(check([[null, "500.00"]], { expected })).toMatchObject({
      verdict: "unchecked",
      expectedMinor: null,
      matched: "none",
    });
  });

  it("names the first rule that fits carrier and charge, by its place", () => {
    const expected = new Map([["s1", { amountMinor: 2_00, currency: "USD" }]]);
    expect(check([["FUE", "2.90"]], { expected })).toMatchObject({
      verdict: "clean",
      lines: [{ rule: "Fuel of carr" }],
    });
  });

  it("objects to a charge that this carrier may not bill", () => {
    const refused = [{ vendor: "carr", charge: "residential" as const }];
    expect(
      verdictOf(
        [
          [null, "90.00"],
          ["RES", "10.00"],
        ],
        { settings: { ...settings, refused } },
      ),
    ).toBe("invalid");
  });

  it("compares a credit with nothing, and takes its amounts in either sign", () => {
    expect(check([[null, "-75.00"]], { document: { kind: "credit" } })).toMatchObject({
      verdict: "clean",
      lines: [{ verdict: "credit" }],
    });
  });
});
