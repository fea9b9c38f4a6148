import { expect, test } from "vitest";
import { type Crosswalk, wordRows } from "./rows";

const at = new Date("2026-11-20T10:00:00Z");
const crosswalk: Crosswalk = {
  entries: [
    { kind: "status", word: "AA", to: "delivered", source: "pack", since: 1 },
    { kind: "status", word: "BB", to: "picked", source: "person", since: 3 },
    { kind: "carrier", word: "UPS Inc", to: "ups", source: "pack", since: 1 },
  ],
  unmapped: [
    { kind: "status", word: "X1", count: 2, firstAt: at, lastAt: at, sampleMessage: "m1" },
    { kind: "carrier", word: "X2", count: 9, firstAt: at, lastAt: at, sampleMessage: "m2" },
  ],
  targets: [],
};

test("unmapped words stand on top by how often they came, then words in use", () => {
  const rows = wordRows(crosswalk, new Map([["BB", 4]]));
  expect(rows.map((row) => [row.word, row.to, row.count])).toEqual([
    ["X2", null, 9],
    ["X1", null, 2],
    ["BB", "picked", 4],
    ["UPS Inc", "ups", null],
    ["AA", "delivered", 0],
  ]);
});

test("uses are unknown until they were counted", () => {
  expect(wordRows(crosswalk, null).find((row) => row.word === "BB")?.count).toBeNull();
});
