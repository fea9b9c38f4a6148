import { describe, expect, it } from "vitest";
import type { Finding } from "./finding";
import type { ExceptionKind } from "./kinds";
import { partyOf } from "./party";

describe("partyOf", () => {
  it.each<[string, ExceptionKind, Finding["evidence"], string]>([
    ["what the source named", "delivery_late", { party: "weather" }, "weather"],
    [
      "what the source named, before the condition",
      "delivery_failed",
      { party: "carrier", condition: "refused" },
      "carrier",
    ],
    [
      "the condition, where the source named none",
      "delivery_failed",
      { party: null, condition: "refused" },
      "consignee",
    ],
    ["the kind, where the source said that nobody is", "held", { party: "none", condition: "held" }, "carrier"],
    ["the kind, where the condition tells no more", "customs_hold", {}, "customs"],
    ["nobody we know of", "our_fault", {}, "other"],
    ["the kind, whatever a condition is called", "lost", { condition: "constructor" }, "carrier"],
  ])("is %s", (_, kind, evidence, party) => {
    expect(partyOf({ kind, evidence })).toBe(party);
  });
});
