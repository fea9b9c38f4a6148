import { describe, expect, test } from "vitest";
import { detect } from "@/core/exceptions/detect";
import { DEFAULT_THRESHOLDS } from "@/core/exceptions/thresholds";
import { addressActivities } from "@/core/postings/address-activity";
import { claim, FEEDS } from "@/core/testing/facts";
import type { OdooPicking, StoredClaim } from "./attributes";
import { type Correction, claimsAfter, correctionOf, decisionOn, standingOf } from "./correction";
import { fold } from "./fold";
import { DEFAULT_OWNERSHIP } from "./ownership";

const folded = (claims: readonly StoredClaim[]) =>
  fold({
    events: [],
    claims,
    packages: [],
    posted: [],
    ownership: DEFAULT_OWNERSHIP,
    thresholds: DEFAULT_THRESHOLDS,
  });

const kinds = (claims: readonly StoredClaim[]) =>
  detect({
    shipmentId: "s",
    shipment: folded(claims),
    nowMs: 0,
    thresholds: DEFAULT_THRESHOLDS,
    provisional: false,
    firstReceivedAtMs: 0,
    odooExpected: false,
    picking: null,
    odoos: null,
    posted: [],
    feedName: (id) => `feed ${id}`,
    classOf: () => "carrier",
  }).findings.map(({ kind }) => kind);

/** The claims with a person's decision among them. */
function decide(claims: readonly StoredClaim[], decided: Correction, atMs = 1_000): StoredClaim[] {
  const shipment = folded(claims);
  const corrected = correctionOf(shipment, decided);
  if (!corrected.ok) throw new Error(corrected.refusal);
  return [
    ...claims.filter(({ feedClass }) => feedClass !== "person"),
    ...claimsAfter(shipment, decided.what, corrected).map(({ attribute, value }) => ({
      attribute,
      value,
      subject: "",
      feedId: 0,
      feedClass: "person" as const,
      occurredAtMs: atMs,
      messageId: "m",
      generation: 0,
      hash: JSON.stringify(value),
    })),
  ];
}

const numbers = [claim("warehouse", "tracking_number", "1ZRIGHT"), claim("odoo", "tracking_number", "1ZTYPO")];

describe("a tracking number that a person ruled out", () => {
  const ruled = (claims: readonly StoredClaim[], out: readonly string[]) => {
    const said = claimsAfter(folded(claims), "tracking_number", { ruledOut: out });
    return folded([
      ...claims,
      ...said.map(({ attribute, value }) => ({
        ...claim("odoo", attribute, value),
        feedId: 0,
        feedClass: "person" as const,
      })),
    ]);
  };
  test("decides nothing else, and leaves the owner what is left", () => {
    const both = [
      claim("warehouse", "tracking_number", "1ZRIGHT,1ZOTHER"),
      claim("odoo", "tracking_number", "1ZOTHER"),
    ];
    const shipment = ruled(both, ["1ZOTHER"]);
    expect(shipment.attributes.tracking_number?.value).toBe("1ZRIGHT");
    expect(decisionOn(shipment, "tracking_number")).toBeNull();
    // what sources say is still told
    expect(shipment.trackingBy.map(({ numbers: some }) => some)).toEqual([["1ZOTHER", "1ZRIGHT"], ["1ZOTHER"]]);
  });
  test("gives the field to the next source where the owner says nothing else", () => {
    expect(ruled(numbers, ["1ZRIGHT"]).attributes.tracking_number?.value).toBe("1ZTYPO");
    expect(ruled(numbers, ["1ZRIGHT", "1ZTYPO"]).attributes.tracking_number).toBeUndefined();
  });
});

describe("a tracking number chosen by a person", () => {
  test("outranks every source and settles the mismatch, until a source names another number", () => {
    expect(kinds(numbers)).toContain("tracking_mismatch");
    const decided = decide(numbers, { what: "tracking_number", numbers: ["1z-right"] });
    expect(folded(decided).attributes.tracking_number).toMatchObject({ value: "1ZRIGHT", feedClass: "person" });
    expect(kinds(decided)).not.toContain("tracking_mismatch");
    expect(kinds([...decided, claim("carrier", "tracking_number", "1ZTYPO")])).not.toContain("tracking_mismatch");
    expect(kinds([...decided, claim("carrier", "tracking_number", "1ZNEW")])).toContain("tracking_mismatch");
  });

  test("is not completed by a number that was ruled out", () => {
    const both = [claim("warehouse", "tracking_number", "1ZRIGHT,1ZTYPO"), claim("odoo", "tracking_number", "1ZTYPO")];
    const decided = decide(both, { what: "tracking_number", numbers: ["1ZRIGHT"] });
    expect(folded(decided).attributes.tracking_number?.value).toBe("1ZRIGHT");
  });

  test("is taken back without a trace in the fold", () => {
    const decided = decide(numbers, { what: "tracking_number", numbers: ["1ZTYPO"] });
    expect(claimsAfter(folded(decided), "tracking_number", null)).toEqual([]);
  });

  test("has to be one that a source names", () => {
    expect(correctionOf(folded(numbers), { what: "tracking_number", numbers: ["1ZELSE"] })).toMatchObject({
      ok: false,
      refusal: "No source names the tracking number 1ZELSE.",
    });
  });
});

const place = { name: "A. Doe", street: "Lange Str. 4", street2: null, city: "Berlin", state: null, country: "DE" };
const addresses = [
  claim("odoo", "address", { ...place, zip: "10115" }),
  claim("odoo", "order_address", { ...place, zip: "10115" }),
  claim("warehouse", "label_address", { ...place, zip: "10117" }),
];
const picking: OdooPicking = {
  connectionId: 1,
  pickingId: 7,
  name: "WH/OUT/7",
  state: "assigned",
  companyId: 1,
  saleOrderId: 1,
  dateDone: null,
};

describe("a corrected address", () => {
  test("settles the mismatch of order, label and delivery, and asks Odoo only where it holds another", () => {
    expect(kinds(addresses)).toEqual(["address_mismatch"]);
    const asIs = decide(addresses, { what: "address", address: { ...place, zip: "10115" } });
    expect(kinds(asIs)).toEqual([]);
    expect(addressActivities(folded(asIs), picking, [])).toEqual([]);
    const other = decide(addresses, { what: "address", address: { ...place, zip: "10119" } });
    expect(kinds(other)).toEqual([]);
    const [asked] = addressActivities(folded(other), picking, []);
    expect(asked).toMatchObject({ name: "address-rs-open", receivedAtMs: 1_000 });
    expect(asked?.desired).toMatchObject({ state: "open", note: expect.stringContaining("10119 Berlin") });
  });

  test("closes its activity when Odoo holds the address, or another decision took its place", () => {
    const other = decide(addresses, { what: "address", address: { ...place, zip: "10119" } });
    const [asked] = addressActivities(folded(other), picking, []);
    if (!asked) throw new Error("nothing was asked");
    const existing = [
      {
        key: `exception_activity-1-7-${asked.name}`,
        kind: "exception_activity" as const,
        state: "posted" as const,
        desired: asked.desired,
      },
    ];
    expect(addressActivities(folded(other), picking, existing)).toEqual([]);
    const held = [claim("odoo", "address", { ...place, zip: "10119" }), ...other.slice(1)];
    expect(addressActivities(folded(held), picking, existing)).toMatchObject([{ name: "address-rs-closed" }]);
    const again = decide(other, { what: "address", address: { ...place, zip: "10178" } }, 2_000);
    expect(addressActivities(folded(again), picking, existing).map(({ name }) => name)).toEqual([
      "address-1jk-open",
      "address-rs-closed",
    ]);
  });

  test.each([
    [{ zip: "1011" }, "1011 is no postcode of DE."],
    [{ zip: "10115", street: null }, "An address needs a street, a town and a country."],
    [{ zip: "10115", country: "Germany" }, "Write the country as its code of two letters, like DE."],
  ])("is refused with its fault: %j", (parts, refusal) => {
    const address = { ...place, ...parts };
    expect(correctionOf(folded(addresses), { what: "address", address })).toMatchObject({ ok: false, refusal });
  });

  test("keeps what was decided of the tracking number", () => {
    const first = decide([...numbers, ...addresses], { what: "tracking_number", numbers: ["1ZRIGHT"] });
    const second = decide(first, { what: "address", address: { ...place, zip: "10119" } });
    expect(decisionOn(folded(second), "tracking_number")).toBe("1ZRIGHT");
    expect(kinds(second)).toEqual([]);
  });

  test("stands on a picture that a new word of a source changes", () => {
    const before = standingOf(folded(addresses), "address");
    expect(standingOf(folded([...addresses]), "address")).toBe(before);
    const more = [...addresses, claim("carrier", "label_address", { ...place, zip: "99999" })];
    expect(standingOf(folded(more), "address")).not.toBe(before);
  });
});

test("feeds have numbers of their own", () => {
  expect(Object.values(FEEDS)).not.toContain(0);
});
