import { expect, test } from "vitest";
import { changedLines, replaceAt } from "./line-diff";

test("only the lines that differ are told, with their place", () => {
  expect(changedLines("a\nb\nc", "a\nB\nc")).toEqual([{ line: 2, old: "b", new: "B" }]);
  expect(changedLines("a\nc", "a\nb\nc")).toEqual([{ line: 2, old: null, new: "b" }]);
  expect(changedLines("a\nb\nc", "a\nc")).toEqual([{ line: 2, old: "b", new: null }]);
  expect(changedLines("a", "a")).toEqual([]);
});

test("a value is put in the place of another", () => {
  expect(replaceAt("id,day\n1,soon\n", { line: 2, from: 2, to: 6 }, "2026-11-20")).toBe("id,day\n1,2026-11-20\n");
  expect(replaceAt("a", { line: 9, from: 0, to: 1 }, "b")).toBe("a");
});
