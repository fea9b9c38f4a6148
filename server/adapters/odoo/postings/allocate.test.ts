import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate, type Move } from "./allocate";

const move = (id: number, productCode: string | null, demand: number, more: Partial<Move> = {}): Move => ({
  id,
  productId: id,
  productCode,
  state: "assigned",
  demand,
  done: 0,
  reserved: demand,
  picked: false,
  ...more,
});
const MOVES = [move(1, "A", 5), move(2, "B", 4), move(3, "A", 2)];
const spread = (...shipped: Parameters<typeof allocate>[0]) => {
  const result = allocate(shipped, MOVES);
  return result.ok ? Object.fromEntries(result.byMove) : result.reason;
};

describe("shipped quantities over moves", () => {
  it("fill a product's moves in order and give the last what is left", () => {
    expect(spread({ item: { productCode: "a" }, quantity: 6 })).toEqual({ 1: 5, 2: 0, 3: 1 });
    expect(spread({ item: { productCode: "A" }, quantity: 9 })).toEqual({ 1: 5, 2: 0, 3: 4 });
  });
  it("go to the move that is named", () => {
    expect(spread({ item: { moveId: 3 }, quantity: 1 }, { item: { productCode: "B" }, quantity: 4 })).toEqual({
      1: 0,
      2: 4,
      3: 1,
    });
  });
  it("are refused where nothing fits, but for a quantity of nothing", () => {
    expect(spread({ item: { productCode: "C" }, quantity: 1 })).toContain("C");
    expect(spread({ item: { moveId: 9 }, quantity: 1 })).toContain("9");
    expect(spread({ item: { productCode: "C" }, quantity: 0 })).toEqual({ 1: 0, 2: 0, 3: 0 });
  });
  it("never go to a cancelled move", () => {
    const result = allocate(
      [{ item: { productCode: "A" }, quantity: 3 }],
      [move(1, "A", 5, { state: "cancel" }), move(2, "A", 1)],
    );
    expect(result.ok && Object.fromEntries(result.byMove)).toEqual({ 2: 3 });
  });
  it("are all spread, nothing lost and nothing made up", () => {
    const item = fc.constantFrom({ productCode: "A" }, { productCode: "B" }, { moveId: 1 }, { moveId: 2 });
    const shipped = fc.array(fc.record({ item, quantity: fc.integer({ min: 0, max: 50 }) }), { maxLength: 8 });
    fc.assert(
      fc.property(shipped, (list) => {
        const result = allocate(list, MOVES);
        const sum = result.ok ? [...result.byMove.values()].reduce((total, quantity) => total + quantity, 0) : -1;
        expect(sum).toBe(list.reduce((total, one) => total + one.quantity, 0));
      }),
    );
  });
});
