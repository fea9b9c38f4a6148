import { expect, test } from "vitest";
import { connected } from "./connected";

const row = (message: string, ...shipments: string[]) => ({ message, shipments });

test.each([
  ["nothing", [], []],
  ["messages of one shipment", [row("a", "1"), row("b", "1")], [["a", "b"]]],
  ["messages of two shipments", [row("a", "1"), row("b", "2")], [["a"], ["b"]]],
  ["a document over two shipments ties them", [row("a", "1"), row("b", "2"), row("c", "1", "2")], [["a", "b", "c"]]],
  ["a chain ties its ends", [row("a", "1", "2"), row("b", "3", "4"), row("c", "2", "3")], [["a", "b", "c"]]],
  ["a message without a shipment stands alone", [row("a"), row("b", "1"), row("c")], [["a"], ["b"], ["c"]]],
])("%s", (_what, rows, groups) => {
  expect(connected(rows)).toEqual(groups);
});

test("a long chain is one group, whichever end comes first", () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => row(`m${i}`, `s${i}`, `s${i + 1}`));
  expect(connected(rows)).toHaveLength(1);
  expect(connected(rows.toReversed())).toHaveLength(1);
});
