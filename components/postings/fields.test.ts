import { expect, test } from "vitest";
import { postingRows } from "./fields";

const shown = (before: unknown, after: unknown) =>
  postingRows(before, after).map((row) => [row.field, row.old?.value, row.new?.value]);

test("only what a posting sets is shown, quantities as people count them", () => {
  const after = {
    state: "done",
    backorder: "create",
    quantities: [
      { item: { productCode: "A1" }, quantity: 3 },
      { item: { moveId: 9 }, quantity: 1 },
    ],
  };
  expect(shown({ state: "assigned", tracking: "1Z1", done: null }, after)).toEqual([
    ["State", "assigned", "done"],
    ["Backorder", null, "create"],
    ["Quantities", undefined, "3 × A1, 1 × move 9"],
  ]);
  expect(shown({ quantities: null }, { quantities: null })).toEqual([
    ["Quantities", undefined, "all that is reserved"],
  ]);
});

test("a plain value is one row and nothing is none", () => {
  expect(shown(null, "text")).toEqual([["Value", null, "text"]]);
  expect(shown(null, null)).toEqual([]);
  expect(shown({ a: 1 }, { a: null, b: null })).toEqual([["A", 1, null]]);
});
