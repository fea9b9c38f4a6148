import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { invoicedOf, invoicedShares, type LineMove } from "./invoiced";

const move = (id: number, quantity: number, doneAtMs: number | null, productId = 1): LineMove => ({
  id,
  quantity,
  doneAtMs,
  productId,
});
const shares = (...input: Parameters<typeof invoicedShares>) => Object.fromEntries(invoicedShares(...input));

describe("what of a move is invoiced", () => {
  it.each<[string, Parameters<typeof invoicedShares>, Record<number, number>]>([
    [
      "the first part delivered and invoiced, the backorder is not",
      [{ ordered: 10, delivered: 5, invoiced: 5 }, [move(1, 5, 100), move(2, 5, null)]],
      { 1: 1, 2: 0 },
    ],
    [
      "the rest delivered, the first part stays invoiced",
      [{ ordered: 10, delivered: 10, invoiced: 5 }, [move(1, 5, 100), move(2, 5, 200)]],
      { 1: 1, 2: 0 },
    ],
    [
      "the later one was done first",
      [{ ordered: 10, delivered: 10, invoiced: 5 }, [move(1, 5, 200), move(2, 5, 100)]],
      { 1: 0, 2: 1 },
    ],
    [
      "invoiced before anything left",
      [{ ordered: 10, delivered: 0, invoiced: 10 }, [move(1, 5, null), move(2, 5, null)]],
      { 1: 1, 2: 1 },
    ],
    [
      "a part of a part",
      [{ ordered: 10, delivered: 6, invoiced: 3 }, [move(1, 6, 100), move(2, 4, null)]],
      { 1: 0.5, 2: 0 },
    ],
    [
      "an order in dozens, moved in pieces",
      [{ ordered: 2, delivered: 1, invoiced: 1 }, [move(1, 12, 100), move(2, 12, null)]],
      { 1: 1, 2: 0 },
    ],
    [
      "a kit of a top and four legs",
      [
        { ordered: 2, delivered: 1, invoiced: 1 },
        [move(1, 1, 100, 7), move(2, 4, 100, 8), move(3, 1, null, 7), move(4, 4, null, 8)],
      ],
      { 1: 1, 2: 1, 3: 0, 4: 0 },
    ],
    [
      "a part that came back has nothing to invoice",
      [{ ordered: 5, delivered: 0, invoiced: 0 }, [move(1, 0, 100)]],
      {},
    ],
    ["no backorder was wanted", [{ ordered: 10, delivered: 6, invoiced: 6 }, [move(1, 6, 100)]], { 1: 1 }],
  ])("%s", (_what, input, expected) => {
    expect(shares(...input)).toEqual(expected);
  });

  it("adds up to what was invoiced, never more than a move, the earlier ones first", () => {
    const quantity = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(quantity, fc.boolean()), { maxLength: 6 }),
        fc.integer({ min: 0, max: 400 }),
        (parts, invoiced) => {
          const moves = parts.map(([q, done], at) => move(at, q, done ? at : null));
          const sum = (done: boolean) => parts.reduce((all, [q, d]) => all + (d === done ? q : 0), 0);
          const line = { delivered: sum(true), ordered: sum(true) + sum(false), invoiced };
          const found = invoicedShares(line, moves);
          const total = moves.reduce((all, { id, quantity: q }) => all + q * (found.get(id) ?? 0), 0);
          expect(total).toBeCloseTo(Math.min(invoiced, line.ordered), 4);
          const done = moves.filter(({ doneAtMs }) => doneAtMs !== null).map(({ id }) => found.get(id) ?? 0);
          expect(done).toEqual(done.toSorted((a, b) => b - a));
        },
      ),
    );
  });

  it("names a transfer by all of its moves", () => {
    expect([[], [1, 1], [1, 0], [0, 0], [0.4]].map(invoicedOf)).toEqual([null, "full", "part", "none", "part"]);
  });
});
