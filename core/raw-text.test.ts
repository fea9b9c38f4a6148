import { describe, expect, it } from "vitest";
import { shown, storable, wordOf } from "./raw-text";

describe("texts of a source", () => {
  it("are made storable without changing other words", () => {
    expect(storable("a\0b")).toBe("a\ufffdb");
    expect(storable("a\ud800b")).toBe("a\ufffdb");
    expect(storable("Zürich \u{1f69a} LIVR\ufffdE")).toBe("Zürich \u{1f69a} LIVR\ufffdE");
    expect(storable("x".repeat(3_000))).toHaveLength(2_000);
    expect(storable(`${"x".repeat(1_999)}\u{1f69a}`).isWellFormed()).toBe(true);
  });

  it("are words where something stands in them", () => {
    expect([wordOf(" a "), wordOf("  "), wordOf(42), wordOf(1.5), wordOf(null), wordOf({})]).toEqual([
      "a",
      null,
      "42",
      null,
      null,
      null,
    ]);
  });

  it("are shown short", () => {
    expect([shown(null), shown([1, 2]), shown({ a: 1 }), shown(true)]).toEqual([
      null,
      "a list of 2",
      "an object",
      "true",
    ]);
    expect(shown("x".repeat(500))?.length).toBe(203);
  });
});
