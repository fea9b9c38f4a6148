import { describe, expect, it } from "vitest";
import { claim, event } from "@/core/testing/facts";
import type { StoredClaim } from "./attributes";
import { mergeClaims, putClaim } from "./claims";
import { currentEvents } from "./current";
import { canonicalJson } from "./identity";

describe("mergeClaims", () => {
  const known = claim("odoo", "customer", "B", { hours: 5, generation: 2 });
  it.each<[string, Partial<StoredClaim> & { hours?: number }, boolean]>([
    ["a later generation, even of an earlier time", { hours: 1, generation: 3 }, true],
    ["an earlier generation, even of a later time", { hours: 9, generation: 1 }, false],
    ["a later time", { hours: 6, generation: 2 }, true],
    ["an earlier time", { hours: 4, generation: 2 }, false],
    ["the same time and a greater hash", { hours: 5, generation: 2, hash: "z" }, true],
    ["the same time and a smaller hash", { hours: 5, generation: 2, hash: "" }, false],
    ["another subject", { hours: 1, generation: 1, subject: "A" }, true],
    ["another feed", { hours: 1, generation: 1, feedId: 99 }, true],
  ])("takes over %s: %j %j", (_, extra, takes) => {
    const said = claim("odoo", "customer", "C", extra);
    const { claims, changed } = mergeClaims([known], [said]);
    expect(changed).toEqual(takes ? [said] : []);
    expect(claims.includes(said)).toBe(takes);
  });

  it("changes nothing when the same is said again", () => {
    expect(mergeClaims([known], [{ ...known, messageId: "another" }])).toEqual({ claims: [known], changed: [] });
  });
});

describe("currentEvents", () => {
  const old = event("unmapped_code", 1, { key: "k", generation: 1 });
  const mended = event("in_transit", 1, { key: "k", generation: 2 });
  const withdrawn = event("in_transit", 1, { key: "k", generation: 2, withdrawn: true });
  const other = event("arrived_facility", 1, { key: "k", generation: 2 });

  it.each<[string, ReturnType<typeof event>[], string[]]>([
    ["the newest generation", [old, mended], ["in_transit"]],
    ["nothing once it was withdrawn", [old, withdrawn], []],
    ["at one generation a reading before a withdrawal", [withdrawn, mended], ["in_transit"]],
    ["at one generation the smaller content", [mended, other], ["arrived_facility"]],
    ["every key once", [old, old, event("booked", 0)], ["booked", "unmapped_code"]],
  ])("keep %s, in any order", (_, events, kinds) => {
    for (const order of [events, events.toReversed()]) {
      expect(
        currentEvents(order)
          .map(({ kind }) => kind)
          .sort(),
      ).toEqual(kinds);
    }
  });
});

describe("canonicalJson", () => {
  it.each([
    [{ b: 1, a: [2, { d: null, c: "x" }] }, '{"a":[2,{"c":"x","d":null}],"b":1}'],
    ["é\n", '"é\\n"'],
    [null, "null"],
    [[], "[]"],
    [{}, "{}"],
  ])("writes %j", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe("putClaim", () => {
  const mine = { ...claim("odoo", "customer", "B", { hours: 5 }), shipmentId: "a" };

  it("takes the place of an older claim of the same feed, subject and attribute", () => {
    const standing = [mine];
    const later = { ...mine, value: "x", occurredAtMs: mine.occurredAtMs + 1 };
    expect(putClaim(standing, later)).toBe(true);
    expect(standing).toEqual([later]);
  });

  it("says no to what is older or says the same", () => {
    const standing = [mine];
    expect(putClaim(standing, { ...mine, messageId: "another" })).toBe(false);
    expect(putClaim(standing, { ...mine, value: "x", occurredAtMs: mine.occurredAtMs - 1 })).toBe(false);
    expect(standing).toEqual([mine]);
  });

  it("stands beside what a linked shipment was told, and yields to it where that is later", () => {
    const standing = [{ ...mine, shipmentId: "b" }];
    const later = { ...mine, occurredAtMs: mine.occurredAtMs + 1 };
    expect(putClaim(standing, later)).toBe(true);
    expect(standing.map((claim) => claim.shipmentId)).toEqual(["b", "a"]);
    expect(putClaim(standing, { ...mine, subject: "P2" })).toBe(true);
    expect(standing).toHaveLength(3);
  });
});
