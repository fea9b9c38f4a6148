import { describe, expect, it } from "vitest";
import {
  connectionOf,
  type OwnerCondition,
  type OwnerRule,
  ownerCondition,
  ownersSchema,
  refusalsOf,
  ruleFor,
} from "./owner-rules";

const PERSON = "00000000-0000-4000-8000-000000000001";
const TEAM = "00000000-0000-4000-8000-000000000002";
const rule = (when: Partial<OwnerCondition>): OwnerRule => ({
  when: ownerCondition.parse(when),
  to: { person: PERSON },
});
const exception = {
  kind: "scan_late" as const,
  severity: "medium" as const,
  feedId: 3,
  connectionId: 2,
  carrier: "DHL",
  warehouse: null,
  company: null,
  customer: "Azure Interior",
};

describe("rules of owners", () => {
  it.each<[string, Partial<OwnerCondition>[], number]>([
    ["the first that fits wins", [{ kind: ["held"] }, { carrier: ["dhl"] }, { customer: ["azure interior"] }], 1],
    [
      "all conditions have to be met",
      [
        { carrier: ["DHL"], feed: [4] },
        { carrier: ["DHL"], feed: [3] },
      ],
      1,
    ],
    ["a connection is met by its id", [{ connection: [1] }, { connection: [1, 2] }], 1],
    ["one value of a list is enough", [{ severity: ["high", "medium"] }], 0],
    ["what is not known meets no condition", [{ warehouse: ["Main"] }], -1],
    ["without rules nobody owns it", [], -1],
  ])("%s", (_, rules, expected) => {
    expect(ruleFor(rules.map(rule), exception)).toBe(expected);
  });

  it.each<[string, Partial<OwnerCondition>[], string | null]>([
    ["matches everything", [{}], "Rule 1 matches everything"],
    ["names all severities", [{ severity: ["critical", "high", "medium", "low"] }], "Rule 1 matches everything"],
    ["repeats another", [{ carrier: ["DHL"] }, { carrier: ["dhl"] }], "Rule 2 repeats rule 1"],
    [
      "stands behind a wider one",
      [{ carrier: ["DHL", "UPS"] }, { carrier: ["DHL"], kind: ["held"] }],
      "Rule 2 never applies",
    ],
    ["names a connection of a wider one", [{ connection: [1, 2] }, { connection: [2] }], "Rule 2 never applies"],
    ["names another connection", [{ connection: [1] }, { connection: [2] }], null],
    ["is narrower than the next", [{ carrier: ["DHL"], kind: ["held"] }, { carrier: ["DHL"] }], null],
    ["overlaps in a part", [{ carrier: ["DHL"] }, { kind: ["held"] }], null],
  ])("one that %s is refused with the reason, or kept", (_, rules, said) => {
    const refusals = refusalsOf(rules.map(rule));
    if (said === null) expect(refusals).toEqual([]);
    else expect(refusals[0]).toContain(said);
  });

  it("what has no connection meets no rule that asks for one", () => {
    expect(ruleFor([rule({ connection: [2] })], { ...exception, connectionId: null })).toBe(-1);
  });

  it.each([
    ["its own comes first", { own: 1, shipment: 2, feed: 3 }, 1],
    ["then the shipment's", { own: null, shipment: 2, feed: 3 }, 2],
    ["then that of the feed", { own: null, shipment: null, feed: 3 }, 3],
    ["a carrier's word about nothing in Odoo has none", { own: null, shipment: null, feed: null }, null],
  ])("the connection of an exception: %s", (_, known, expected) => {
    expect(connectionOf(known)).toBe(expected);
  });

  it("rules stored before there were connections ask for none", () => {
    const { connection: _, ...before } = ownerCondition.parse({ carrier: ["DHL"] });
    expect(ownerCondition.parse(before)).toMatchObject({ carrier: ["DHL"], connection: [] });
  });

  it("a team that is not there, and two teams of one name, are refused", () => {
    const team = { id: TEAM, name: "Customs", people: [] };
    const to = { team: TEAM };
    const rules = [{ when: { kind: ["held"] }, to }];
    expect(ownersSchema.safeParse({ teams: [team], rules }).success).toBe(true);
    expect(ownersSchema.safeParse({ teams: [], rules }).success).toBe(false);
    expect(ownersSchema.safeParse({ teams: [team, { ...team, id: PERSON, name: "customs" }] }).success).toBe(false);
  });
});
