import { describe, expect, it } from "vitest";
import { type LookAlike, likenessOf, reasonsAlike } from "./look-alike";

const HOUR_MS = 3_600_000;
const line = (code: string, ordered: number) => ({ code, line: null, ordered, done: null, uom: null });

function told(extra: Partial<LookAlike> = {}): LookAlike {
  return {
    createdAtMs: 0,
    anchors: [],
    orders: [],
    customer: null,
    address: { zip: "10115", countryCode: "DE" },
    quantities: [line("A", 2), line("B", 1)],
    ...extra,
  };
}
const other = (extra: Partial<LookAlike> = {}) => told({ createdAtMs: 12 * 60_000, ...extra });

describe("reasonsAlike", () => {
  it("says in words what two shipments share", () => {
    const reasons = reasonsAlike(
      told({ customer: "Azure", orders: ["customer_po PO7"], anchors: ["wms_shipment W1"] }),
      other({ customer: "azure ", orders: ["customer_po PO7"], anchors: ["marketplace_fulfilment M1"] }),
      HOUR_MS,
    );
    expect(reasons).toEqual([
      "the same order PO7",
      "the same destination DE 10115",
      "the same goods: 2 × A, 1 × B",
      "the same customer Azure",
      "first heard of 12 min apart",
    ]);
  });

  it.each<[string, Partial<LookAlike>, boolean]>([
    ["lines in another order and writing", { quantities: [line("b", 1), line("a", 2)] }, true],
    ["lines that add up", { quantities: [line("A", 1), line("A", 1), line("B", 1)] }, true],
    ["a postcode in another writing", { address: { postcode: "101 15", countryCode: "de" } }, true],
    ["another amount", { quantities: [line("A", 3), line("B", 1)] }, false],
    ["one more line", { quantities: [line("A", 2), line("B", 1), line("C", 1)] }, false],
    ["another postcode", { address: { zip: "10117", countryCode: "DE" } }, false],
    ["another country", { address: { zip: "10115", countryCode: "AT" } }, false],
    ["no goods", { quantities: null }, false],
    ["no address", { address: null }, false],
    ["too long apart", { createdAtMs: HOUR_MS + 1 }, false],
    ["just not too long apart", { createdAtMs: HOUR_MS }, true],
  ])("with %s", (_, extra, alike) => {
    expect(reasonsAlike(told(), other(extra), HOUR_MS) !== null).toBe(alike);
    expect(reasonsAlike(other(extra), told(), HOUR_MS) !== null).toBe(alike);
  });

  it("keeps apart what one system itself numbered as two", () => {
    const one = told({ anchors: ["odoo_picking 53"] });
    expect(reasonsAlike(one, other({ anchors: ["odoo_picking 54"] }), HOUR_MS)).toBeNull();
    expect(reasonsAlike(one, other({ anchors: ["wms_shipment 54"] }), HOUR_MS)).not.toBeNull();
  });
});

it("likenessOf needs a postcode and goods", () => {
  expect(likenessOf({ address: { city: "Berlin" }, quantities: [line("A", 1)] })).toBeNull();
  expect(likenessOf({ address: { zip: "10115" }, quantities: [line("A", 0)] })).toBeNull();
});
