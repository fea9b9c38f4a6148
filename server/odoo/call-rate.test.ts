import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { mostWithin } from "../testing/odoo-gate";
import { makeCallRate } from "./call-rate";

describe("the rate of calls to one Odoo", () => {
  it("lets a burst of a second go at once and the rest by the rate, never more than both in any window", async () => {
    const rate = makeCallRate(50);
    const left: number[] = [];
    const call = () => rate.leave("normal").then(() => left.push(performance.now()));
    await Promise.all(Array.from({ length: 120 }, call));
    expect(mostWithin(left, 1_000)).toBeLessThanOrEqual(100);
    const took = (left.at(-1) ?? 0) - (left[0] ?? 0);
    // 49 at once, a token being kept for pulses, then 71 by the rate
    expect(took).toBeGreaterThan(1_300);
    expect(took).toBeLessThan(2_500);
  });

  it("lets urgent calls overtake bulk ones that wait, and bulk ones still have their turns", async () => {
    const rate = makeCallRate(20);
    const order: string[] = [];
    const call = (as: "urgent" | "bulk") => rate.leave(as).then(() => order.push(as));
    await Promise.all(Array.from({ length: 19 }, () => rate.leave("normal")));
    await Promise.all([
      ...Array.from({ length: 8 }, () => call("bulk")),
      ...Array.from({ length: 16 }, () => call("urgent")),
    ]);
    expect(order.slice(0, 9).filter((as) => as === "urgent").length).toBeGreaterThanOrEqual(8);
    expect(order.slice(0, 17)).toContain("bulk");
  });

  it("makes no pulse wait, and counts it", async () => {
    const rate = makeCallRate(10);
    await Promise.all(Array.from({ length: 9 }, () => rate.leave("normal")));
    const from = performance.now();
    await Promise.all([rate.leave("pulse"), rate.leave("pulse")]);
    expect(performance.now() - from).toBeLessThan(50);
    await rate.leave("normal");
    // one token was kept for them, the other is owed: two more have to come, and one to be kept
    expect(performance.now() - from).toBeGreaterThan(250);
  });

  it("follows a changed limit at once, for those that wait as well", async () => {
    const rate = makeCallRate(1);
    await rate.leave("normal");
    const from = performance.now();
    const waits = Promise.all(Array.from({ length: 5 }, () => rate.leave("normal")));
    await sleep(20);
    rate.change(100);
    await waits;
    expect(performance.now() - from).toBeLessThan(500);
  });
});
