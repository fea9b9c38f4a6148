import { describe, expect, it } from "vitest";
import { causeText, fingerprint, withoutNames } from "./group";
import type { ExceptionKind } from "./kinds";

function print(kind: ExceptionKind, what: string, source = "connection:1"): string {
  return fingerprint({ kind, cause: { source, what } });
}

describe("fingerprint", () => {
  it.each<[string, string]>([
    ["The record stock.picking(31) is gone", "The record stock.picking(32) is gone"],
    ["You cannot validate WH/OUT/00031.", "You cannot validate WH/OUT/00048."],
    ["Not enough 'Desk Combination' in stock", "Not enough 'Cabinet' in stock"],
    ['Product "[FURN_7777] Chair" is archived', 'Product "[DESK01] Desk" is archived'],
    ["User anna@example.com may not write", "User bob@example.org may not write"],
    ["Order S00027 is locked", "Order S00031 is locked"],
    ["Failed for 0193b2c4-0000-7000-8000-0123456789ab", "Failed for 0193b2c4-ffff-7000-8000-0123456789ff"],
    ["Expected 3, got 12.5 units", "Expected 4, got 7 units"],
  ])("makes one group of %j and %j", (one, other) => {
    expect(print("posting_rejected", one)).toBe(print("posting_rejected", other));
  });

  it.each<[string, string]>([
    ["Not enough stock", "The period is closed"],
    ["The user can't write", "The user may not write"],
  ])("keeps %j and %j apart", (one, other) => {
    expect(print("posting_rejected", one)).not.toBe(print("posting_rejected", other));
  });

  it("keeps codes apart: a number is what they are", () => {
    expect(print("unmapped_code", "code:20")).not.toBe(print("unmapped_code", "code:21"));
  });

  it("keeps kinds and sources apart", () => {
    expect(print("unmapped_code", "code:20", "feed:1")).not.toBe(print("unmapped_code", "code:20", "feed:2"));
    expect(print("posting_rejected", "x")).not.toBe(print("posting_unconfirmed", "x"));
  });

  it("is quick on a long hostile message", () => {
    const startedAt = performance.now();
    withoutNames(`${"'a ".repeat(50_000)}${"a-".repeat(50_000)}${"#1 ".repeat(50_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});

describe("causeText", () => {
  const cause = { source: "feed:1", what: "code:XX" };

  it("says the finding's own sentence, with the raw word verbatim", () => {
    expect(causeText({ kind: "unmapped_code", cause, text: 'DHL says "XX", which no mapping knows' })).toContain(
      '"XX"',
    );
  });

  it("is never empty and never endless", () => {
    expect(causeText({ kind: "unmapped_code", cause: { source: "", what: "" }, text: " " })).toBe("Unknown code");
    expect(causeText({ kind: "unmapped_code", cause, text: "x".repeat(5_000) })).toHaveLength(300);
  });
});
