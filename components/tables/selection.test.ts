import { expect, test } from "vitest";
import { addAll, countSelected, isSelected, NOTHING, toggle } from "./selection";

test("a row that is toggled twice is not chosen", () => {
  const once = toggle(NOTHING, "a");
  expect(isSelected(once, "a")).toBe(true);
  expect(isSelected(toggle(once, "a"), "a")).toBe(false);
});

test("with all matching chosen, toggling a row leaves it out and counts one less", () => {
  const all = toggle({ all: true, except: new Set() }, "a");
  expect(isSelected(all, "a")).toBe(false);
  expect(isSelected(all, "b")).toBe(true);
  expect(countSelected(all, 40)).toBe(39);
});

test("adding rows keeps what is chosen and takes back what was left out", () => {
  expect(countSelected(addAll(toggle(NOTHING, "a"), ["a", "b"]), 40)).toBe(2);
  expect(countSelected(addAll({ all: true, except: new Set(["a", "c"]) }, ["a"]), 40)).toBe(39);
});
