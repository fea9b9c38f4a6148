import { describe, expect, it, test } from "vitest";
import { CONDITIONS } from "@/core/shipments/milestones";
import type { ActiveCondition, Reached, Shipment } from "@/core/shipments/shipment";
import { answerOf, type LookupFacts } from "./answer";
import { chosenOf, ranked } from "./rank";
import { writeReply } from "./reply";
import type { Tone } from "./tone";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const DAY = 86_400_000;
const setting = { zone: "Europe/Berlin", nowMs: NOW };

function reached(atMs: number): Reached {
  const told = { offsetMinutes: null, precision: "second" as const, basis: "offset" as const };
  return { occurredAtMs: atMs, ...told, inferred: false, feedId: 1, key: "k", receivedAtMs: atMs };
}

function shipment(some: Partial<Shipment> = {}): Shipment {
  return {
    milestone: null,
    stage: null,
    summary: "unknown",
    terminal: null,
    terminalAtMs: null,
    reached: {},
    packages: [],
    conditions: [],
    regressions: [],
    implausible: [],
    unmapped: [],
    attempts: 0,
    firstCarrierScanAtMs: null,
    lastMovementAtMs: null,
    lastEventAtMs: null,
    lastReceivedAtMs: null,
    etaMs: null,
    promisedDeliveryAtMs: null,
    promisedDispatchAtMs: null,
    attributes: {},
    advisories: [],
    trackingBy: [],
    eventCount: 1,
    flooded: false,
    late: [],
    ...some,
  };
}

function condition(kind: ActiveCondition["kind"], some: Partial<ActiveCondition> = {}): ActiveCondition {
  const base = { sinceMs: NOW - DAY, package: null, feedId: 1, key: "c", code: null, description: null };
  return { kind, ...base, reasonCode: null, party: null, ...some };
}

function facts(state: Shipment, some: Partial<LookupFacts> = {}): LookupFacts {
  return {
    id: "s",
    name: "WH/OUT/00042",
    carrier: "ups",
    service: null,
    customer: "Northwind",
    warehouse: "WH",
    trackingNumber: "1Z999AA10123456784",
    provisional: false,
    createdAtMs: NOW - 5 * DAY,
    state,
    events: [],
    references: [{ kind: "sales_order", said: "S00042" }],
    siblings: [],
    exceptions: [],
    notes: [],
    ...some,
  };
}

const out = { milestone: "out_for_delivery" as const, reached: { out_for_delivery: reached(NOW - 3_600_000) } };
const moving = {
  milestone: "in_transit" as const,
  reached: { picked_up: reached(NOW - 2 * DAY), in_transit: reached(NOW - DAY) },
};
const states: [Tone, Partial<Shipment>, string][] = [
  ["on_the_way", out, "Your order S00042 is out for delivery since Monday 23 November at 10:00."],
  ["on_the_way", { ...moving, etaMs: NOW + DAY }, "It is expected on Tuesday 24 November."],
  [
    "delivered",
    { milestone: "delivered", terminal: "delivered", reached: { delivered: reached(NOW - DAY) } },
    "was delivered on Sunday 22 November at 11:00",
  ],
  [
    "late",
    { ...moving, lastMovementAtMs: NOW - DAY, promisedDeliveryAtMs: NOW - DAY },
    "was due on Sunday 22 November",
  ],
  [
    "late",
    { ...moving, promisedDeliveryAtMs: NOW - DAY, conditions: [condition("delayed", { party: "weather" })] },
    "the weather is holding it up",
  ],
  ["problem", { ...moving, conditions: [condition("damaged")] }, "was damaged on the way"],
  ["problem", { milestone: "in_transit", terminal: "lost" }, "reports that your order S00042 is lost"],
  ["problem", { ...moving, conditions: [condition("address_issue")] }, "confirm your full delivery address"],
  ["returning", { milestone: "return_in_transit" }, "is on its way back to us"],
  ["returned", { milestone: "returned", terminal: "returned" }, "has come back to us"],
  ["not_yet_shipped", { milestone: "packed", promisedDeliveryAtMs: NOW + DAY }, "has not left our warehouse yet"],
  ["ready_to_collect", { milestone: "available_for_pickup" }, "ready for you to collect"],
  ["cancelled", { milestone: "cancelled", terminal: "cancelled" }, "was cancelled"],
  ["unknown", { eventCount: 0 }, "do not see any news of your order S00042"],
];

describe("the state chooses the tone and the words", () => {
  it.each(states)("%s: %o", (tone, some, words) => {
    const answer = answerOf(facts(shipment(some)), NOW);
    expect(answer.tone).toBe(tone);
    expect(writeReply(answer, setting)).toContain(words);
  });

  it.each(CONDITIONS)("%s leaves no word of ours and nothing unfinished in the reply", (kind) => {
    for (const [, some] of states) {
      const state = shipment({ ...some, conditions: [condition(kind)], promisedDeliveryAtMs: NOW - DAY });
      const reply = writeReply(answerOf(facts(state), NOW), setting);
      expect(reply).not.toMatch(
        /exception|milestone|odoo|waypost|posting|wms|picking|WH\/OUT|_|undefined|null|NaN| {2}|\.\./i,
      );
      expect(reply.startsWith("Hello,\n\n")).toBe(true);
    }
  });
});

test("days are told in the viewer's zone, and a bare day keeps its date in every zone", () => {
  const at = Date.parse("2026-11-22T23:30:00Z");
  const delivered = shipment({ milestone: "delivered", terminal: "delivered", reached: { delivered: reached(at) } });
  const answer = answerOf(facts(delivered), NOW);
  expect(writeReply(answer, setting)).toContain("Monday 23 November at 00:30");
  expect(writeReply(answer, { ...setting, zone: "America/New_York" })).toContain("Sunday 22 November at 18:30");
  // the first instant of 23 November in Berlin
  const bare = { ...answer, since: { atMs: Date.parse("2026-11-22T23:00:00Z"), offsetMinutes: null, dateOnly: true } };
  for (const zone of ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
    expect(writeReply(bare, { ...setting, zone })).toContain("delivered on Monday 23 November.");
});

describe("why it is late", () => {
  it.each([
    ["not_left", "shipper", { milestone: "packed" as const }],
    ["left_late", "shipper", { ...moving, promisedDispatchAtMs: NOW - 4 * DAY }],
    ["no_news", "carrier", { ...moving, lastMovementAtMs: NOW - 3 * DAY }],
    ["carrier", "carrier", { ...moving, lastMovementAtMs: NOW - DAY }],
    ["customs", "customs", { ...moving, conditions: [condition("customs_hold")] }],
  ] as const)("%s, answered for by %s", (cause, party, some) => {
    const state = shipment({ ...(some as Partial<Shipment>), promisedDeliveryAtMs: NOW - DAY });
    expect(answerOf(facts(state), NOW).lateness).toMatchObject({ cause, party, lateByMs: DAY, expected: false });
  });

  test("an estimate behind the promise is said as expected; none without a promise or in time", () => {
    const late = shipment({ ...moving, promisedDeliveryAtMs: NOW + DAY, etaMs: NOW + 2 * DAY });
    expect(answerOf(facts(late), NOW).lateness).toMatchObject({ expected: true, lateByMs: DAY });
    expect(answerOf(facts(shipment({ ...moving, promisedDeliveryAtMs: NOW + DAY })), NOW).lateness).toBeNull();
    expect(answerOf(facts(shipment(moving)), NOW).lateness).toBeNull();
  });
});

test("several hits of several customers are left to a person; those of one customer are answered at once", () => {
  const one = { id: "a", customer: "A", terminal: "delivered", updatedAtMs: 9 };
  const two = { id: "b", customer: "B", terminal: null, updatedAtMs: 1 };
  const weak = { by: "number" as const, kind: "customer_po", said: "PO1", free: false };
  const reasons = new Map([
    ["a", [weak]],
    ["b", [weak]],
  ]);
  const hits = ranked([one, two], reasons);
  expect(hits.map((hit) => hit.id)).toEqual(["b", "a"]);
  expect(chosenOf(hits)).toBeNull();
  expect(chosenOf(ranked([one, { ...two, customer: "A" }], reasons))).toBe("b");
  expect(chosenOf(ranked([one, two], new Map([...reasons, ["a", [{ ...weak, kind: "tracking_number" }]]])))).toBe("a");
  expect(chosenOf([])).toBeNull();
});
