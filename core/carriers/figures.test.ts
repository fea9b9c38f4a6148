import { describe, expect, it } from "vitest";
import { bestOf } from "./best";
import { changesBetween } from "./changes";
import type { Contribution } from "./contribution";
import { type Figure, figureOf, figuresOf, isBetter } from "./figures";
import { KPI_SPECS, KPIS, type Kpi } from "./kpis";
import { addCounts, MEASURES, type Measure, type Sums } from "./measures";
import { keyOfDuration } from "./spread";
import { wilson } from "./wilson";

const HOUR = 3_600_000;
const sums = (counts: Partial<Record<Measure, number>> = {}, spreads: Sums["spreads"] = {}): Sums => ({
  counts: { ...addCounts([]), ...counts },
  spreads,
});
const figure = (kpi: Kpi, of: Sums, options: Partial<Parameters<typeof figureOf>[2]> = {}): Figure =>
  figureOf(kpi, of, { basis: "delivered", narrowed: false, ...options });

describe("the interval of a share", () => {
  it.each([
    // Newcombe 1998, table I: the score method without continuity correction
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i of %i is Wilson's", (part, whole, low, high) => {
    const [from, to] = wilson(part, whole) ?? [-1, -1];
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });

  it("of nothing is none", () => {
    expect(wilson(0, 0)).toBeNull();
  });
});

describe("the figures", () => {
  it("of nothing are none, and each says why", () => {
    const figures = figuresOf(sums(), { basis: "delivered", narrowed: false });
    expect(figures.map(({ kpi }) => kpi)).toEqual([...KPIS]);
    for (const one of figures) {
      expect([one.kpi, one.value, one.denominator]).toEqual([one.kpi, null, 0]);
      expect(one.why).toMatch(/\.$/);
    }
  });

  it("tell on-time delivery on both bases, with what is overdue in the denominator", () => {
    const of = sums({ delivery_due: 40, delivered_in_time: 30, tried_in_time: 34 });
    expect(figure("on_time_delivery", of)).toMatchObject({ value: 0.75, numerator: 30, denominator: 40, few: false });
    expect(figure("on_time_delivery", of, { basis: "first_attempt" })).toMatchObject({ value: 0.85, numerator: 34 });
  });

  it.each([
    [19, true],
    [20, false],
  ])("made of %i are too few: %s, and are shown with their interval", (denominator, few) => {
    const one = figure("damage_rate", sums({ delivered: denominator, damaged: 1 }));
    expect(one).toMatchObject({ few, value: 1 / denominator });
    expect(one.interval?.[0]).toBeLessThan(1 / denominator);
    expect(one.interval?.[1]).toBeGreaterThan(1 / denominator);
  });

  it("do not call a carrier perfect that never tells of an attempt or a proof", () => {
    expect(figure("first_attempt", sums({ ended: 100, first_time: 100 }))).toMatchObject({
      value: null,
      denominator: 100,
      why: expect.stringContaining("No attempt"),
    });
    expect(figure("first_attempt", sums({ ended: 100, first_time: 96, attempted: 5 }))).toMatchObject({
      value: 0.96,
      note: "5 of 100 tell of a failed attempt.",
    });
    expect(figure("proof_in_time", sums({ proof_due: 100 }))).toMatchObject({ value: null });
    expect(figure("proof_in_time", sums({ proof_due: 100, proof_known: 50, proof_in_time: 40 }))).toMatchObject({
      value: 0.4,
    });
  });

  it("tell the transit by its median and its p90, within 3 %", () => {
    const transit = new Map<string, number>();
    for (let hours = 1; hours <= 100; hours++) {
      const key = keyOfDuration("transit", hours * HOUR);
      transit.set(key, (transit.get(key) ?? 0) + 1);
    }
    const { value, high, denominator } = figure("transit_time", sums({}, { transit }));
    expect(denominator).toBe(100);
    expect(Math.abs((value ?? 0) / (50 * HOUR) - 1)).toBeLessThan(0.03);
    expect(Math.abs((high ?? 0) / (90 * HOUR) - 1)).toBeLessThan(0.03);
  });

  it("do not add currencies up: the one with most shipments is told, the others are named", () => {
    const spreads = {
      paid: new Map([
        ["EUR", 12_345],
        ["USD", 999_999],
      ]),
      paid_shipments: new Map([
        ["EUR", 30],
        ["USD", 2],
      ]),
    };
    expect(figure("cost_per_shipment", sums({}, spreads))).toMatchObject({
      value: 412,
      currency: "EUR",
      numerator: 12_345,
      denominator: 30,
      note: "Also billed in USD.",
    });
    expect(figure("cost_per_shipment", sums({}, spreads), { narrowed: true })).toMatchObject({
      value: null,
      why: expect.stringContaining("by carrier"),
    });
  });

  it("tell bills that are right by number, and by amount beside it; over and under are not netted", () => {
    const spreads = { billed: new Map([["EUR", 10_000]]), off: new Map([["EUR", 500]]) };
    expect(figure("billing_accuracy", sums({ bills_checked: 25, bills_clean: 20 }, spreads))).toMatchObject({
      value: 0.8,
      note: "95.0 % of the amount billed in EUR is as expected.",
    });
  });

  it("say whether a change is for the better only where both are enough", () => {
    const of = (due: number, kept: number) =>
      figure("on_time_delivery", sums({ delivery_due: due, delivered_in_time: kept }));
    const { better } = KPI_SPECS.on_time_delivery;
    expect(isBetter(of(100, 95), of(100, 90), better)).toBe(true);
    expect(isBetter(of(100, 85), of(100, 90), better)).toBe(false);
    expect(isBetter(of(100, 90), of(100, 90), better)).toBeNull();
    expect(isBetter(of(10, 9), of(100, 80), better)).toBeNull();
    expect(isBetter(of(100, 95), of(100, 90), "down")).toBe(false);
  });
});

describe("the best of a comparison", () => {
  const of = (due: number, kept: number) =>
    figure("on_time_delivery", sums({ delivery_due: due, delivered_in_time: kept }));
  const took = (hours: number) =>
    figure("transit_time", sums({}, { transit: new Map([[keyOfDuration("transit", hours * HOUR), 50]]) }));
  const hurt = (delivered: number, damaged: number) => figure("damage_rate", sums({ delivered, damaged }));

  it.each<[string, Figure[], Kpi, number | null]>([
    ["is the one whose interval stands above the next", [of(1000, 800), of(1000, 950)], "on_time_delivery", 1],
    ["is nobody where the intervals overlap", [of(50, 46), of(50, 45)], "on_time_delivery", null],
    ["is the lowest where less is better", [hurt(5000, 5), hurt(5000, 60), hurt(5000, 90)], "damage_rate", 0],
    ["is nobody where a time is hardly shorter", [took(100), took(97)], "transit_time", null],
    ["is who takes less time", [took(100), took(60)], "transit_time", 1],
    ["is nobody where one alone has enough", [of(19, 19), of(1000, 700)], "on_time_delivery", null],
  ])("%s", (_, figures, kpi, best) => {
    expect(bestOf(figures, kpi)).toBe(best);
  });
});

describe("changes of the counts", () => {
  const contribution: Contribution = {
    counts: { "2026-11-03": ["handed_over"] },
    spreads: [
      ["transit", "2026-11-04", "8", 1],
      ["latency", "2026-11-04", "8", 1],
    ],
  };

  it("are none where the same is counted again", () => {
    const placed = [{ cells: [1, 2], contribution }];
    expect(changesBetween(placed, placed)).toEqual({ days: [], spreads: [] });
  });

  it("take from the old cells what they give to the new ones", () => {
    const { days, spreads } = changesBetween([{ cells: [1, 2], contribution }], [{ cells: [3, 2], contribution }]);
    expect(days.map(({ cell, counts }) => [cell, counts.handed_over])).toEqual([
      [1, -1],
      [3, 1],
    ]);
    // the latency is the whole carrier's, which stands first
    expect(spreads.map(({ cell, spread, n }) => [cell, spread, n])).toEqual([
      [1, "transit", -1],
      [1, "latency", -1],
      [3, "transit", 1],
      [3, "latency", 1],
    ]);
  });
});

it("every measure is part of a figure or beside one", () => {
  expect(new Set(MEASURES).size).toBe(MEASURES.length);
});
