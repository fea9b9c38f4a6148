import { describe, expect, it } from "vitest";
import { claim, event, foldOf, packages } from "@/core/testing/facts";
import type { StoredClaim } from "./attributes";
import type { StoredEvent } from "./event";

const said = (number: string, hours: number) =>
  claim("warehouse", "tracking_number", number, { subject: number, hours });
const row = (number: string, hours: number, messageId: string, extra: Parameters<typeof event>[2] = {}) =>
  event("packed", hours, { feedClass: "warehouse", package: number, messageId, ...extra });
const scan = (number: string, hours: number) => event("in_transit", hours, { package: number });

function numbersOf(events: readonly StoredEvent[], claims: readonly StoredClaim[]) {
  const orders = [
    foldOf(events, { claims, packages: packages("OLD", "NEW") }),
    foldOf(events.toReversed(), { claims: claims.toReversed(), packages: packages("NEW", "OLD") }),
  ];
  expect(orders[1]).toEqual(orders[0]);
  return {
    value: orders[0]?.attributes.tracking_number?.value,
    packages: orders[0]?.packages.map(({ number }) => number),
  };
}

describe("a source that corrects a tracking number", () => {
  it.each<[string, StoredEvent[], StoredClaim[], string, string[]]>([
    [
      "tells the same row under the new number: the old one is gone, as a number and as a package",
      [row("OLD", 1, "m1"), row("NEW", 1, "m2")],
      [said("OLD", 2), said("NEW", 3)],
      "NEW",
      ["NEW"],
    ],
    [
      "and goes back to the old one: the last word counts",
      [row("OLD", 1, "m1"), row("NEW", 1, "m2")],
      [said("OLD", 4), said("NEW", 3)],
      "OLD",
      ["OLD"],
    ],
    [
      "but a carrier scans the old one too: the package stays, and what the carrier says counts",
      [row("OLD", 1, "m1"), row("NEW", 1, "m2"), scan("OLD", 5)],
      [said("OLD", 2), said("NEW", 3)],
      "OLD",
      ["NEW", "OLD"],
    ],
    [
      "and the carrier scans the new one",
      [row("OLD", 1, "m1"), row("NEW", 1, "m2"), scan("NEW", 5)],
      [said("OLD", 2), said("NEW", 3)],
      "NEW",
      ["NEW"],
    ],
  ])("%s", (_, events, claims, value, standing) => {
    expect(numbersOf(events, claims)).toEqual({ value, packages: standing });
  });

  it.each<[string, StoredEvent[]]>([
    ["one message tells both", [row("OLD", 1, "m1"), row("NEW", 1, "m1")]],
    ["the second was packed at another time", [row("OLD", 1, "m1"), row("NEW", 2, "m2")]],
    ["the first has a step of its own", [row("OLD", 1, "m1"), row("OLD", 2, "m3"), row("NEW", 1, "m2")]],
    [
      "both happened on the same day, without an hour",
      [row("OLD", 1, "m1", { precision: "date" }), row("NEW", 1, "m2", { precision: "date" })],
    ],
    ["nothing was told of either", []],
  ])("has two packages where %s", (_, events) => {
    const claims = [said("OLD", 2), said("NEW", 3)];
    expect(numbersOf(events, claims)).toEqual({ value: "NEW,OLD", packages: ["NEW", "OLD"] });
  });

  it("is believed in this by no carrier: each of its numbers is a package", () => {
    const events = ["OLD", "NEW"].map((number) => event("in_transit", 1, { package: number, messageId: number }));
    const claims = ["OLD", "NEW"].map((number, hours) =>
      claim("carrier", "tracking_number", number, { subject: number, hours }),
    );
    expect(numbersOf(events, claims).packages).toEqual(["NEW", "OLD"]);
  });
});
