import { expect, test } from "vitest";
import { cellPasses, type ExceptionCell, exceptionFilter, facetCounts, kindsOf, NO_FILTER, totalOf } from "./filter";

const cell = (over: Partial<ExceptionCell>): ExceptionCell => ({
  kind: "unmapped_code",
  severity: "medium",
  state: "open",
  assigneeId: null,
  teamId: null,
  feedId: 1,
  party: "other",
  regressed: false,
  overdue: false,
  currency: null,
  riskMinor: 0,
  known: 0,
  count: 1,
  ...over,
});

test("without a chosen state only what stands in the queue passes", () => {
  expect(cellPasses(cell({}), NO_FILTER, null)).toBe(true);
  expect(cellPasses(cell({ state: "acknowledged" }), NO_FILTER, null)).toBe(true);
  expect(cellPasses(cell({ state: "snoozed" }), NO_FILTER, null)).toBe(false);
  expect(cellPasses(cell({ state: "resolved" }), NO_FILTER, null)).toBe(false);
  expect(cellPasses(cell({ state: "resolved" }), exceptionFilter.parse({ state: ["resolved"] }), null)).toBe(true);
});

test("kinds and impacts narrow each other, and a pair that excludes all says so with an empty list", () => {
  expect(kindsOf({ kind: [], impact: [] })).toBeNull();
  expect(kindsOf({ kind: ["damaged", "unmapped_code"], impact: ["cash"] })).toEqual(["damaged"]);
  expect(kindsOf({ kind: ["unmapped_code"], impact: ["cash"] })).toEqual([]);
  expect(kindsOf({ kind: ["late_update", "label_failed"], impact: [], action: true })).toEqual(["label_failed"]);
});

test("an owner filter knows nobody, me and a named person", () => {
  const mine = cell({ assigneeId: "11111111-1111-4111-8111-111111111111" });
  const of = (owner: string[]) => exceptionFilter.parse({ owner });
  expect(cellPasses(mine, of(["me"]), "11111111-1111-4111-8111-111111111111")).toBe(true);
  expect(cellPasses(mine, of(["nobody"]), null)).toBe(false);
  expect(cellPasses(cell({}), of(["nobody", "me"]), "11111111-1111-4111-8111-111111111111")).toBe(true);
  expect(cellPasses(cell({}), of(["me"]), null)).toBe(false);
});

test("counts of a facet leave that facet out, and the total is the count of the chosen value", () => {
  const cells = [
    cell({ count: 3 }),
    cell({ severity: "high", count: 2 }),
    cell({ severity: "high", feedId: 2, count: 7 }),
  ];
  const filter = exceptionFilter.parse({ severity: ["high"], feed: [1] });
  const bySeverity = facetCounts(cells, filter, null, "severity", (c) => [c.severity]);
  expect(Object.fromEntries(bySeverity)).toEqual({ medium: 3, high: 2 });
  expect(totalOf(cells, filter, null)).toBe(bySeverity.get("high"));
});

test("a group is named by a hash, which need not carry the marks of a UUID version", () => {
  const group = "1af7c16b-93d2-0a1b-0c3d-4e5f60718293";
  expect(exceptionFilter.parse({ group }).group).toBe(group);
});
