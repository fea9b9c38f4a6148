import { expect, test } from "vitest";
import { scopeInWords } from "./words";

test.each([
  [{ receipts: ["a"] }, "one message"],
  [{ ids: Array.from({ length: 1200 }, String) }, "1,200 postings by choice"],
  [
    { feed: "ups", word: "XX", since: "2026-11-20T10:00:00.000Z" },
    "feed ups, with the word “XX”, since 2026-11-20 10:00 UTC",
  ],
  [{ states: ["dead", "rejected"], kinds: ["status_note"] }, "postings dead, rejected, status note"],
  [null, ""],
])("%j reads %s", (scope, words) => {
  expect(scopeInWords(scope)).toBe(words);
});
