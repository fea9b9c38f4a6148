import { describe, expect, it } from "vitest";
import type { Shipment } from "@/core/shipments/shipment";
import { type CountedBill, contributionOfBill } from "./bill-contribution";
import { type Contribution, type CountedShipment, contributionOf, laneOf } from "./contribution";
import { countDays, dayAt, daysBefore, daysOfRange, weeksOf } from "./filter";
import { MEASURES, SPREADS } from "./measures";
import { pack, unpack } from "./packed";
import { keyOfDuration } from "./spread";

const at = (day: number, hour = 0) => Date.UTC(2026, 10, day, hour);
const HOUR = 3_600_000;
const RULES = { dispatchGraceMinutes: 0, deliveryGraceMinutes: 60, podMinutes: 2 * 24 * 60 };
const told = (atMs: number, receivedAtMs = atMs) => ({
  occurredAtMs: atMs,
  receivedAtMs,
  offsetMinutes: 0,
  precision: "minute" as const,
  basis: "offset" as const,
  inferred: false,
  feedId: 1,
  key: "k",
});

function countsOf(shipment: Partial<Shipment>, rest: Partial<CountedShipment> = {}) {
  const of = { provisional: false, createdAtMs: at(1), shipment, troubled: false, firstAttemptAtMs: null, ...rest };
  return contributionOf(of, RULES, (feedId) => feedId === 1);
}

const delivered = (atMs: number, rest: Partial<Shipment> = {}): Partial<Shipment> => ({
  terminal: "delivered",
  terminalAtMs: atMs,
  attempts: 0,
  reached: { picked_up: told(at(2, 10)), delivered: told(atMs) },
  ...rest,
});

describe("what a shipment counts for", () => {
  it("is nothing where it was cancelled, or nobody ordered it", () => {
    expect(countsOf({ ...delivered(at(4)), terminal: "cancelled" })).toBeNull();
    expect(countsOf(delivered(at(4)), { provisional: true })).toBeNull();
  });

  it("stands on the day of each clock: promises where they end with their grace, the hand-over, the end, the proof", () => {
    const shipment = delivered(at(4, 12), { promisedDispatchAtMs: at(2, 12), promisedDeliveryAtMs: at(4, 23) });
    expect(countsOf(shipment, { troubled: true })?.counts).toEqual({
      "2026-11-02": ["pickup_due", "picked_up_in_time", "handed_over", "handed_over_delivered", "troubled"],
      // promised for 23:00, and an hour of grace
      "2026-11-05": ["delivery_due", "delivered_in_time", "tried_in_time"],
      "2026-11-04": ["delivered", "ended", "first_time"],
      "2026-11-06": ["proof_due"],
    });
  });

  it.each([
    ["delivered within the grace", at(4, 1), null, ["delivery_due", "delivered_in_time", "tried_in_time"]],
    ["delivered late", at(4, 2), null, ["delivery_due"]],
    ["tried in time and delivered late", at(5, 2), at(3, 9), ["delivery_due", "tried_in_time"]],
    ["overdue and not delivered", null, null, ["delivery_due"]],
  ])("says in time or not: %s", (_, deliveredMs, firstAttemptAtMs, expected) => {
    const promise = { promisedDeliveryAtMs: at(4) };
    const shipment = deliveredMs === null ? promise : delivered(deliveredMs, { attempts: 1, ...promise });
    const counts = countsOf(shipment, { firstAttemptAtMs })?.counts["2026-11-04"] ?? [];
    expect(counts.filter((measure) => /delivery_due|in_time/.test(measure))).toEqual(expected);
  });

  it("takes no booking for a hand-over, and the carrier's first scan for one", () => {
    expect(countsOf({ reached: { booked: told(at(2)) } })?.counts).toEqual({});
    expect(countsOf({ reached: { booked: told(at(2)) }, firstCarrierScanAtMs: at(3) })?.counts).toEqual({
      "2026-11-03": ["handed_over"],
    });
  });

  it.each([
    ["none failed", 0, null, ["ended", "first_time"]],
    ["one failed before", 1, at(4), ["ended", "attempted"]],
    ["one is told after the delivery", 1, at(6), ["ended", "attempted", "first_time"]],
  ])("says whether the first attempt was the last: %s", (_, attempts, firstAttemptAtMs, expected) => {
    const counts = countsOf(delivered(at(5), { attempts }), { firstAttemptAtMs })?.counts["2026-11-05"] ?? [];
    expect(counts.filter((measure) => measure !== "delivered")).toEqual(expected);
  });

  it("has what came back only where it was tried", () => {
    const back = { terminal: "returned" as const, terminalAtMs: at(9), reached: {} };
    expect(countsOf({ ...back, attempts: 2 })?.counts).toEqual({ "2026-11-09": ["ended", "attempted"] });
    expect(countsOf({ ...back, attempts: 0 })?.counts).toEqual({});
  });

  it("has damage where it was reported or the goods were destroyed", () => {
    const damage = [{ kind: "damaged" }] as Shipment["conditions"];
    expect(countsOf(delivered(at(5), { conditions: damage }))?.counts["2026-11-05"]).toContain("damaged");
    expect(countsOf({ terminal: "destroyed", terminalAtMs: at(5) })?.counts).toEqual({
      "2026-11-05": ["delivered", "damaged"],
    });
  });

  it("has a proof in time only within the limit", () => {
    const proved = (proofMs: number) =>
      delivered(at(4), { reached: { picked_up: told(at(2)), delivered: told(at(4)), pod_received: told(proofMs) } });
    expect(countsOf(proved(at(5)))?.counts["2026-11-06"]).toEqual(["proof_due", "proof_known", "proof_in_time"]);
    expect(countsOf(proved(at(8)))?.counts["2026-11-06"]).toEqual(["proof_due", "proof_known"]);
  });

  it("has its time on the way and the delay of what carriers tell, but not of history, of days or of other feeds", () => {
    const reached = {
      picked_up: told(at(2), at(2) + HOUR),
      in_transit: { ...told(at(2)), precision: "date" as const },
      out_for_delivery: { ...told(at(3)), feedId: 2 },
      delivered: told(at(4), at(4) + 2 * HOUR),
    };
    expect(countsOf({ ...delivered(at(4)), reached }, { createdAtMs: at(1) })?.spreads).toEqual([
      ["transit", "2026-11-04", keyOfDuration("transit", 48 * HOUR), 1],
      ["latency", "2026-11-02", keyOfDuration("latency", HOUR), 1],
      ["latency", "2026-11-04", keyOfDuration("latency", 2 * HOUR), 1],
    ]);
    const history = countsOf({ ...delivered(at(4)), reached }, { createdAtMs: at(10) });
    expect(history?.spreads.map(([spread]) => spread)).toEqual(["transit"]);
  });

  it("leaves out an instant that no calendar of use holds", () => {
    expect(countsOf({ promisedDeliveryAtMs: 8e15 })?.counts).toEqual({});
  });
});

it("a packed contribution is short and reads as it was written", () => {
  const contribution: Contribution = {
    counts: Object.fromEntries(MEASURES.map((measure, n) => [dayAt(at(1) + n * 24 * HOUR), [MEASURES[0], measure]])),
    spreads: SPREADS.map((spread, n) => [spread, dayAt(at(n + 1)), n % 2 === 0 ? "odd / key: 5" : "170", -n - 1]),
  };
  contribution.counts[dayAt(at(1))] = [MEASURES[0]];
  expect(unpack(pack(contribution))).toEqual(contribution);
  expect(unpack(pack({ counts: {}, spreads: [] }))).toEqual({ counts: {}, spreads: [] });
  const usual = countsOf(delivered(at(4), { promisedDeliveryAtMs: at(5) }));
  expect(usual && pack(usual).length).toBeLessThan(80);
});

describe("the lane", () => {
  const to = (value: Record<string, string>) =>
    laneOf({ attributes: { address: { value, feedId: 1, feedClass: "odoo", occurredAtMs: 0 } } });

  it.each([
    [{ city: "Lyon", country: "fr" }, "FR"],
    [{ street: "1 Main St", state: "ca", country: "US" }, "US-CA"],
    [{ city: "Kyoto", state: "Kyoto Prefecture", country: "JP" }, "JP"],
    [{ city: "Somewhere" }, "-"],
  ])("of %o is %s", (address, lane) => {
    expect(to(address as unknown as Record<string, string>)).toBe(lane);
  });
});

describe("what a freight bill counts for", () => {
  const bill = (rest: Partial<CountedBill>): CountedBill => ({
    kind: "invoice",
    state: "approved",
    verdict: "clean",
    currency: "EUR",
    billedMinor: 1000,
    overMinor: 0,
    underMinor: 0,
    payMinor: null,
    receivedAtMs: at(7, 3),
    shipments: 4,
    ...rest,
  });

  it("is right or wrong by its verdict, and paid once it is approved", () => {
    expect(contributionOfBill(bill({}))).toEqual({
      counts: { "2026-11-07": ["bills_checked", "bills_clean"] },
      spreads: [
        ["billed", "2026-11-07", "EUR", 1000],
        ["paid", "2026-11-07", "EUR", 1000],
        ["paid_shipments", "2026-11-07", "EUR", 4],
      ],
    });
    const short = contributionOfBill(
      bill({ state: "short_paid", verdict: "variance", overMinor: 80, underMinor: 20, payMinor: 900 }),
    );
    expect(short?.counts).toEqual({ "2026-11-07": ["bills_checked"] });
    expect(short?.spreads).toContainEqual(["off", "2026-11-07", "EUR", 100]);
    expect(short?.spreads).toContainEqual(["paid", "2026-11-07", "EUR", 900]);
  });

  it("is not wrong where nothing was expected of it or our set-up has a gap", () => {
    for (const verdict of ["unchecked", "blocked", null] as const)
      expect(contributionOfBill(bill({ verdict, state: "open" }))).toEqual({ counts: {}, spreads: [] });
    expect(contributionOfBill(bill({ state: "withdrawn" }))).toBeNull();
  });

  it("takes a credit from what was paid, whichever sign it has", () => {
    for (const billedMinor of [-300, 300])
      expect(contributionOfBill(bill({ kind: "credit", billedMinor }))?.spreads).toEqual([
        ["paid", "2026-11-07", "EUR", -300],
      ]);
  });
});

describe("days", () => {
  it("of a range are whole weeks that end today, and those before end the day before", () => {
    const days = daysOfRange("4w", at(28, 15));
    expect(days).toEqual({ from: "2026-11-01", to: "2026-11-28" });
    expect(daysBefore(days)).toEqual({ from: "2026-10-04", to: "2026-10-31" });
    expect(weeksOf(days).map(countDays)).toEqual([7, 7, 7, 7]);
  });

  it("that are no whole weeks begin with a shorter one", () => {
    expect(weeksOf({ from: "2026-11-19", to: "2026-11-28" })).toEqual([
      { from: "2026-11-19", to: "2026-11-21" },
      { from: "2026-11-22", to: "2026-11-28" },
    ]);
  });
});
