import { expect, test } from "vitest";
import { mappingInWords, scopeInWords, versionsInWords } from "./words";

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

test.each([
  [[], "no version"],
  [[{ feed: "ups", version: 3 }], "ups version 3"],
  [[4, 1, 1, 2].map((version) => ({ feed: "ups", version })), "ups version 1, 2, 4"],
  [[1, 2, 3, 4, 5, 6].map((version) => ({ feed: "ups", version })), "ups version 1, 2, 3, 4 and 2 more"],
  [
    ["a", "b", "c", "d", "e"].map((feed) => ({ feed, version: 1 })),
    "a version 1; b version 1; c version 1 and 2 more feeds",
  ],
])("versions %j read %s", (versions, words) => {
  expect(versionsInWords(versions)).toBe(words);
});

test("a run says by which mapping it reads, and which versions it met", () => {
  expect(mappingInWords({ mapping: null, summary: null })).toBeNull();
  expect(mappingInWords({ mapping: "original", summary: null })).toBe("by the original mapping");
  const summary = { tally: { mappings: { "ups ground 1": 4, "ups ground 2": 1 } } };
  expect(mappingInWords({ mapping: "original", summary })).toBe("by the original mapping: ups ground version 1, 2");
});
