import { expect, test } from "vitest";
import { changeInWords } from "./change-in-words";

test.each([
  [{ ref: null, carrier: "UPS" }, { ref: "1Z1", carrier: "UPS" }, "1Z1"],
  [null, { headline: "Delivered", lines: ["Brno", "12:01"] }, "Delivered, Brno, 12:01"],
  [null, "a note", "a note"],
  [{ state: "done" }, { state: "done" }, ""],
  [null, null, ""],
])("from %j to %j reads %s", (before, after, words) => {
  expect(changeInWords(before, after)).toBe(words);
});
