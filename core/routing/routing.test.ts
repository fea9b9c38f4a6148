import { describe, expect, test } from "vitest";
import type { Hit } from "@/core/shipments/match";
import { type Reference, reference } from "@/core/shipments/references";
import { decideRoute, type RouteInput, subjectOf } from "./decide";
import { hitsAt } from "./hits";
import { type RouteRule, type RouteSubject, type RouteTarget, refusalsOf, routingSchema, ruleFor } from "./rules";

const NOBODY: RouteSubject = { feeds: [], warehouse: null, company: null, country: null, channel: null };
const at = (connectionId: number, companyId: number | null = null): RouteTarget => ({ connectionId, companyId });
let made = 0;
function rule(name: string, when: Partial<RouteRule["when"]>, to: RouteTarget): RouteRule {
  const id = `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`;
  return { id, name, when: { feed: [], warehouse: [], company: [], country: [], channel: [], ...when }, to };
}
const east = rule("East", { warehouse: ["EAST", "DOCK 1"] }, at(1));
const west = rule("West", { warehouse: ["west"] }, at(2, 3));
const shop = rule("Shop in the west", { channel: ["shop"], feed: [7] }, at(2));
const rules = [east, west, shop];

describe("which rule fits", () => {
  test.each<[string, Partial<RouteSubject>, string | null]>([
    ["a warehouse, without case and blanks", { warehouse: " dock 1 " }, "East"],
    ["another warehouse", { warehouse: "WEST" }, "West"],
    ["the first of two", { warehouse: "EAST", channel: "shop", feeds: [7] }, "East"],
    ["all conditions at once", { channel: "Shop", feeds: [3, 7] }, "Shop in the west"],
    ["no half of them", { channel: "Shop", feeds: [3] }, null],
    ["nothing told", {}, null],
  ])("%s", (_, subject, expected) => {
    expect(ruleFor(rules, { ...NOBODY, ...subject })?.name ?? null).toBe(expected);
  });

  test("a company, a country and a channel are read out of what was said, as a word or a record", () => {
    const said: Parameters<typeof subjectOf>[1] = [
      { attribute: "company", value: { name: "Acme BV" } },
      { attribute: "order_address", value: { country: "NL" } },
      { attribute: "channel", value: " " },
    ];
    expect(subjectOf([4], said)).toEqual({
      feeds: [4],
      warehouse: null,
      company: "Acme BV",
      country: "NL",
      channel: null,
    });
  });
});

describe("rules of no use are refused", () => {
  test.each<[string, RouteRule[], RegExp]>([
    ["one that takes everything", [rule("All", {}, at(1))], /"All" takes everything/],
    [
      "one behind a wider one",
      [east, rule("Late", { warehouse: ["east"], country: ["US"] }, at(2))],
      /"Late" is never reached: "East" takes all of it/,
    ],
    ["one that repeats", [west, rule("Again", { warehouse: ["WEST"] }, at(1))], /"Again" repeats "West"/],
  ])("%s", (_, list, words) => {
    expect(refusalsOf(list)).toEqual([expect.stringMatching(words)]);
    expect(routingSchema.safeParse({ rules: list }).success).toBe(false);
  });

  test("rules that each take something stand, and names are unique", () => {
    expect(refusalsOf(rules)).toEqual([]);
    expect(routingSchema.safeParse({ rules, otherwise: at(1) }).success).toBe(true);
    expect(routingSchema.safeParse({ rules: [east, { ...west, name: " east" }] }).success).toBe(false);
  });
});

describe("where a shipment belongs", () => {
  const routing = { version: 4, rules, otherwise: null };
  const input: RouteInput = { routing, connections: [1, 2], subject: NOBODY, picking: null, before: null, nowMs: 1000 };
  const decide = (over: Partial<RouteInput>) => decideRoute({ ...input, ...over });
  const inWest = { ...NOBODY, warehouse: "WEST" };

  test("a rule decides, with its id and the version of the rules", () => {
    expect(decide({ subject: inWest })).toEqual({
      by: "rule",
      connectionId: 2,
      companyId: 3,
      rule: { id: west.id, name: "West" },
      version: 4,
      unheeded: null,
      atMs: 1000,
    });
  });

  test("what no rule takes goes to the one for all others, else to the only one, else nowhere", () => {
    expect(decide({ routing: { ...routing, otherwise: at(2) } })).toMatchObject({ by: "default", connectionId: 2 });
    expect(decide({ connections: [5] })).toMatchObject({ by: "only", connectionId: 5 });
    expect(decide({})).toMatchObject({ by: "none", connectionId: null });
  });

  test("a linked transfer holds it, and what the rules would have said is noted", () => {
    const picking = { connectionId: 1, companyId: 1 };
    expect(decide({ picking })).toMatchObject({ by: "transfer", connectionId: 1, companyId: 1, unheeded: null });
    expect(decide({ picking, subject: inWest })).toMatchObject({
      by: "transfer",
      connectionId: 1,
      rule: null,
      unheeded: { connectionId: 2, companyId: 3, rule: { name: "West" } },
    });
    const there = { connectionId: 2, companyId: 3 };
    expect(decide({ picking: there, subject: inWest })).toMatchObject({ rule: { name: "West" }, unheeded: null });
    const otherCompany = { connectionId: 2, companyId: 4 };
    expect(decide({ picking: otherCompany, subject: inWest }).unheeded).toMatchObject({ companyId: 3 });
  });

  test("the same answer keeps its instant, another one has a new one", () => {
    const before = decide({ subject: inWest });
    expect(decide({ subject: inWest, before, nowMs: 2000 }).atMs).toBe(1000);
    expect(decide({ subject: { ...NOBODY, warehouse: "EAST" }, before, nowMs: 2000 }).atMs).toBe(2000);
  });
});

describe("numbers are looked up in the Odoo meant", () => {
  const ref = (kind: Reference["kind"], said: string, issuer: string | null = null) =>
    reference(kind, issuer, said) as Reference;
  const hit = (shipmentId: string, made: Reference): Hit => ({ reference: made, shipmentId, liveUntilMs: null });
  const homes: Record<string, RouteTarget[]> = { a: [at(1, 1)], a2: [at(1, 2)], b: [at(2)], free: [] };
  const left = (target: RouteTarget, references: Reference[], hits: Hit[]) =>
    hitsAt(target, references, hits, (id) => homes[id] ?? []).map(({ shipmentId }) => shipmentId);

  test("an order of another Odoo, or of another company of the same, is another order", () => {
    const order = ref("sales_order", "S00012");
    const hits = ["a", "a2", "b", "free"].map((id) => hit(id, order));
    expect(left(at(1), [order], hits)).toEqual(["a", "a2", "free"]);
    expect(left(at(1, 2), [order], hits)).toEqual(["a2", "free"]);
    expect(left(at(2), [order], hits)).toEqual(["b", "free"]);
  });

  test("a tracking number finds its shipment wherever it is, unless the Odoo meant has one too", () => {
    const parcel = ref("tracking_number", "1Z1", "ups");
    expect(left(at(1), [parcel], [hit("b", parcel)])).toEqual(["b"]);
    expect(left(at(1), [parcel], [hit("a", parcel), hit("b", parcel)])).toEqual(["a"]);
  });

  test("the name of a transfer means nothing in another Odoo, its number with the Odoo does", () => {
    const named = ref("odoo_picking", "WH/OUT/00017");
    const own = ref("odoo_picking", "17", "odoo:2");
    expect(left(at(1), [named], [hit("b", ref("odoo_picking", "WH/OUT/00017", "odoo:2"))])).toEqual([]);
    expect(left(at(1), [own], [hit("b", own)])).toEqual(["b"]);
  });
});
