import { describe, expect, it } from "vitest";
import { DEFAULT_THRESHOLDS } from "./thresholds";
import { reasonOfRank, weigh } from "./work-order";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-11-20T10:00:00Z");
const about = (amountMinor: number | null, over = {}) => ({
  value: amountMinor === null ? null : { amountMinor, currency: "EUR" },
  promisedAtMs: null,
  deliveredAtMs: null,
  ...over,
});
const late = { kind: "delivery_late" as const, severity: "high" as const, openedAtMs: NOW };
const scan = { kind: "scan_late" as const, severity: "medium" as const, openedAtMs: NOW };

describe("the order of work", () => {
  it("takes the response time alone where no value is known, and makes none up", () => {
    expect(weigh(late, about(null), DEFAULT_THRESHOLDS)).toEqual({
      stakeMinor: null,
      currency: null,
      riskMinor: null,
      deadlineMs: null,
      deadlineKind: null,
      workRank: 1,
      workAtMs: NOW + HOUR,
    });
  });

  it("brings forward by two hours for each doubling of the money at risk above a hundred", () => {
    const at = (minor: number) => (weigh(late, about(minor), DEFAULT_THRESHOLDS).workAtMs - NOW) / HOUR;
    // a fifth of the value is at risk: 100, 200, 800 EUR
    expect([50_000, 100_000, 400_000].map(at)).toEqual([1, -1, -5]);
  });

  it("begins by the promise where that ends before the response time", () => {
    const { workAtMs, deadlineKind } = weigh(scan, about(null, { promisedAtMs: NOW + 2 * HOUR }), DEFAULT_THRESHOLDS);
    expect([workAtMs, deadlineKind]).toEqual([NOW + 2 * HOUR, "promise"]);
  });

  it("lifts by one class where a large sum is at risk, and never above high", () => {
    const rank = (of: Parameters<typeof weigh>[0], minor: number) =>
      weigh(of, about(minor), DEFAULT_THRESHOLDS).workRank;
    expect([rank(scan, 999_990), rank(scan, 1_000_000), rank(late, 100_000_000)]).toEqual([2, 1, 1]);
  });

  it("runs the claim window from the promise, and the invoice from the delivery", () => {
    const lost = { kind: "lost" as const, severity: "high" as const, openedAtMs: NOW };
    expect(weigh(lost, about(100, { promisedAtMs: NOW - DAY }), DEFAULT_THRESHOLDS)).toMatchObject({
      deadlineKind: "claim",
      deadlineMs: NOW + 59 * DAY,
      riskMinor: 100,
    });
    const proof = { kind: "pod_missing" as const, severity: "medium" as const, openedAtMs: NOW };
    expect(weigh(proof, about(100, { deliveredAtMs: NOW - DAY }), DEFAULT_THRESHOLDS).deadlineMs).toBe(NOW + 2 * DAY);
    expect(weigh(proof, about(100), DEFAULT_THRESHOLDS).deadlineMs).toBeNull();
  });
});

describe("the reason of a rank", () => {
  const row = { severity: "medium" as const, currency: "EUR", dueAtMs: NOW + HOUR };
  it.each([
    [
      { workRank: 1, riskMinor: 240_000, deadlineMs: NOW + 3 * HOUR, deadlineKind: "promise" as const },
      "High: EUR 2,400.00 at risk, lifted from medium by it; the promise ends in 3 h.",
    ],
    [
      { workRank: 2, riskMinor: null, deadlineMs: null, deadlineKind: null },
      "Medium: no value of the order is known; an answer is due in 1 h.",
    ],
    [
      { workRank: 2, riskMinor: 0, deadlineMs: NOW - 4 * DAY, deadlineKind: "claim" as const },
      "Medium: no money at risk; the claim window ended 4 days ago.",
    ],
  ])("says class, money and clock: %#", (over, said) => {
    expect(reasonOfRank({ ...row, ...over }, NOW)).toBe(said);
  });
});
