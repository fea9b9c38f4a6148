import { expect, test } from "vitest";
import { mentionBefore, mentionPut } from "./mention";

test.each<[string, string | null]>([
  ["@", ""],
  ["look @Ja", "Ja"],
  ["look @Jan Nov", "Jan Nov"],
  ["look @Jan ", null],
  ["mail jan@firm", null],
  ["nothing", null],
  ["@a\nb", null],
])("%j", (text, said) => {
  expect(mentionBefore(text, text.length)?.said ?? null).toBe(said);
});

test("a chosen name replaces what was written, and what follows stays", () => {
  const text = "ask @ja about it";
  const mention = mentionBefore(text, 7);
  expect(mention).toEqual({ at: 4, said: "ja" });
  expect(mentionPut(text, { at: 4, said: "ja" }, 7, "Jana Nová")).toEqual({
    text: "ask @Jana Nová about it",
    caret: 15,
  });
});
