import { expect, test } from "vitest";
import { feedSlug } from "@/core/feeds/feed-input";
import { cadenceInWords, slugOf } from "./words";

test.each([
  ["DHL Express (CZ)", "dhl-express-cz"],
  ["Sklad Říčany, export", "sklad-ricany-export"],
  ["---", ""],
  [`${"a".repeat(59)} b`, "a".repeat(59)],
])("the address of %s is %s", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
  if (slug !== "") expect(feedSlug.safeParse(slug).success).toBe(true);
});

test.each([
  [300, 0, "5 a second"],
  [5, 100, "every 12 s"],
  [0.1, 96, "4 an hour"],
  [0, 3, "3 a day"],
  [0, 0, "none in a day"],
])("%s a minute and %s a day read %s", (minute, day, words) => {
  expect(cadenceInWords(minute, day)).toBe(words);
});
