import { expect, test } from "vitest";
import { attainedOf, meanOf } from "./budget";
import { bucketOf } from "./histogram";

const counts = (...pairs: [ms: number, n: number][]) => new Map(pairs.map(([ms, n]) => [bucketOf(ms), n]));
const objective = { percent: 99, withinSeconds: 60 };

test.each([
  ["nothing", counts(), { attained: null, budgetUsed: null, flow: "idle" }],
  ["all in time", counts([1000, 500]), { attained: 1, budgetUsed: 0, flow: "ok" }],
  ["0.8 % missed of 1 % allowed", counts([1000, 992], [90_000, 8]), { flow: "late" }],
  ["2 % missed of 1 % allowed", counts([1000, 98], [90_000, 2]), { missed: 2, flow: "broken" }],
])("%s", (_, of, expected) => {
  expect(attainedOf(of, objective)).toMatchObject(expected);
});

test("an objective of 100 % allows no miss at all", () => {
  expect(attainedOf(counts([90_000, 1]), { percent: 100, withinSeconds: 60 }).flow).toBe("broken");
});

test("the mean lies within a per cent of the true one", () => {
  const mean = meanOf(counts([1000, 1], [3000, 3])) ?? 0;
  expect(Math.abs(mean - 2500) / 2500).toBeLessThan(0.01);
});
