import { expect, test } from "vitest";
import { shadowTarget, sideOf } from "./shadow-item";

const side = (...names: string[]) => ({
  digest: "d",
  shipments: names.map((name) => ({ id: name, name, fields: {} })),
});

test.each([
  ["r1", null, "1 message"],
  ["r1 r2", side(), "2 messages"],
  ["r1", side("A"), "A"],
  ["r1", side("A", "B"), "A, B"],
  ["r1", side("A", "B", "C", "D"), "A, B and 2 more"],
])("messages %j of %j are called %j", (target, after, said) => {
  expect(shadowTarget(target, after)).toBe(said);
});

test("what is no side is none", () => {
  for (const value of [null, 5, "x", [], { shipments: 3 }]) expect(sideOf(value)).toBe(null);
});
