import { expect, test } from "vitest";
import { excerptAround } from "./excerpt";

test("a word is found with its line and column, with lines around it", () => {
  const excerpt = excerptAround("a\nb\nstatus;in_tranzit\nd\ne\nf\ng\nh", ["in_tranzit"], 1);
  expect(excerpt.at).toEqual({ line: 3, column: 8 });
  expect(excerpt.lines).toEqual([
    { number: 2, text: "b", found: null },
    { number: 3, text: "status;in_tranzit", found: [7, 17] },
    { number: 4, text: "d", found: null },
  ]);
  expect(excerpt.cut).toBe(true);
});

test("JSON on one line is laid out first", () => {
  expect(excerptAround('{"result":{"status":"whirl"}}', ["whirl"]).at).toEqual({ line: 3, column: 16 });
});

test("a very long line is cut around the hit and still marks it", () => {
  const { lines } = excerptAround(`${"x".repeat(5000)}WORD${"y".repeat(5000)}`, ["WORD"]);
  const line = lines[0];
  expect(line?.text.length).toBeLessThan(420);
  expect(line?.text.slice(line.found?.[0], line.found?.[1])).toBe("WORD");
});

test("without a hit the beginning is shown", () => {
  const excerpt = excerptAround("one\ntwo", ["three", ""]);
  expect(excerpt.at).toBeNull();
  expect(excerpt.lines.map((line) => line.text)).toEqual(["one", "two"]);
});
