import { expect, test } from "vitest";
import { ownOf, sharesOf } from "./shares";

const legs = [
  { leg: "source", ms: 900 },
  { leg: "interpret", ms: 0 },
  { leg: "odoo", ms: 100 },
] as const;

test("shares are of those that took time, and make a whole", () => {
  expect(sharesOf(legs).map(({ leg, percent }) => [leg, percent])).toEqual([
    ["source", 90],
    ["odoo", 10],
  ]);
  expect(sharesOf(ownOf(legs)).map(({ leg, percent }) => [leg, percent])).toEqual([["odoo", 100]]);
  expect(sharesOf([])).toEqual([]);
});
