import { describe, expect, test } from "vitest";
import {
  FIRST_PACE,
  lanesOf,
  onCall,
  onPulse,
  onRefusal,
  type Pace,
  paceFrom,
  pulseEveryMs,
  restAfterCall,
  rowsOf,
} from "./pace";

const most = { most: 4 };
const quiet: Pace = { ...FIRST_PACE, quietMs: 10, pulseMs: 10 };

/** Runs pulses of a time each, one every 500 ms. */
function run(pace: Pace, tookMs: number, times: number, fromMs = 0): Pace {
  let value = pace;
  for (let i = 0; i < times; i++) value = onPulse(value, tookMs, true, fromMs + i * 500, most);
  return value;
}

describe("how hard an Odoo is worked", () => {
  test("more and more while small reads stay quick, up to the limit", () => {
    expect(lanesOf(quiet)).toBe(1);
    expect(lanesOf(run(quiet, 11, 3))).toBe(2);
    expect(run(quiet, 11, 50).share).toBe(4);
  });

  test("less as soon as small reads slow down, and the reason is told", () => {
    const slow = run({ ...quiet, share: 4 }, 60, 3);
    expect(slow.share).toBeLessThan(4);
    expect(slow.reason).toContain("instead of 10 ms");
    expect(run({ ...quiet, share: 4 }, 60, 20).share).toBeLessThan(1);
  });

  test("less once for each second, so that a smaller share can show", () => {
    const once = onPulse({ ...quiet, share: 4 }, 100, true, 0, most);
    expect(onPulse(once, 100, true, 500, most).share).toBe(once.share);
    expect(onPulse(once, 100, true, 1_000, most).share).toBeLessThan(once.share);
  });

  test("half when Odoo turns a call away, and recovers more slowly than it grew at first", () => {
    const halved = onRefusal({ ...quiet, share: 4 }, "503", 0, most);
    expect(halved).toMatchObject({ share: 2, reason: "503", loweredAtMs: 0 });
    expect(onRefusal(halved, "503", 400, most)).toBe(halved);
    expect(run(halved, 10, 2, 2_000).share - 2).toBeLessThan(run({ ...quiet, share: 2 }, 10, 2).share - 2);
  });

  test("never not at all: at the least share it learns that this Odoo is slow by itself, and goes on", () => {
    const slow = run({ ...quiet, share: 4 }, 60, 200);
    expect(slow.share).toBeGreaterThanOrEqual(0.1);
    expect(run(slow, 60, 400, 100_000).share).toBeGreaterThan(0.5);
  });

  test("what quiet means is learnt from reads while Waypost rests; a slow one of those lowers nothing", () => {
    const learnt = onPulse(FIRST_PACE, 30, false, 0, most);
    expect(learnt).toMatchObject({ quietMs: 30, share: 1 });
    expect(onPulse(learnt, 12, false, 500, most).quietMs).toBe(12);
    expect(onPulse({ ...quiet, share: 3 }, 500, false, 500, most).share).toBe(3);
  });

  test("a single slow read at rest hardly moves what quiet means", () => {
    const after = onPulse({ ...quiet, quietMs: 30 }, 130, false, 0, most).quietMs ?? 0;
    expect(after).toBeGreaterThan(30);
    expect(after).toBeLessThan(35);
  });

  test("what was held for quiet in a bad hour is mended by reads that meet no call", () => {
    let pace: Pace = { ...quiet, quietMs: 60, share: 0.5, loweredAtMs: 0 };
    for (let i = 0; i < 60; i++) pace = onPulse(pace, i % 2 ? 70 : 28, true, i * 3_000, most);
    expect(pace.quietMs).toBeGreaterThan(27);
    expect(pace.quietMs).toBeLessThan(37);
  });

  test("is kept over a restart, and what was kept in another form is not believed", () => {
    const kept = { share: 0.5, quietMs: 28, pulseMs: 50, loweredAtMs: 1_000, reason: "slow", atMs: 2_000 };
    expect(paceFrom(kept)).toEqual({ ...FIRST_PACE, share: 0.5, quietMs: 28, loweredAtMs: 1_000 });
    for (const bad of [null, undefined, "x", {}, { share: "2", quietMs: -1, loweredAtMs: Number.NaN }])
      expect(paceFrom(bad)).toEqual(FIRST_PACE);
  });

  test("is felt often until Odoo once was too slow, and rarely after that", () => {
    expect(pulseEveryMs(quiet)).toBeLessThan(1_000);
    expect(pulseEveryMs(onRefusal(quiet, "503", 0, most))).toBeGreaterThan(2_000);
  });

  test("a limit that a person lowers counts at once", () => {
    expect(onPulse({ ...quiet, share: 4 }, 10, true, 0, { most: 2 }).share).toBe(2);
  });

  test.each([0.2, 0.6, 1, 2])(
    "settles where a read takes less than twice as long, where each call at once costs it %f times its time",
    (cost) => {
      let pace: Pace = quiet;
      const seen: number[] = [];
      for (let i = 0; i < 400; i++) {
        // below one call at once a read meets a call only a part of the time
        const tookMs = 10 * (1 + cost * pace.share);
        pace = onPulse(pace, tookMs, true, i * 700, { most: 8 });
        if (i >= 100) seen.push(tookMs);
      }
      const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
      expect(mean).toBeLessThan(20);
      expect(pace.share).toBeGreaterThan(0.25);
    },
  );

  test.each([0.6, 1, 1.5, 2])(
    "keeps at work where single reads differ much, some of which meet a call that costs them %f times their time",
    (cost) => {
      // a generator of its own, so that every run sees the same reads
      let seed = 7;
      const random = () => {
        seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
        return seed / 4_294_967_296;
      };
      let pace: Pace = { ...quiet, quietMs: 27, pulseMs: 27, loweredAtMs: 0 };
      const seen: { share: number; ratio: number }[] = [];
      for (let i = 0; i < 1_000; i++) {
        const met = pace.share >= 1 ? Math.floor(pace.share) : random() < pace.share ? 1 : 0;
        const ratio = (1 + cost * met) * (0.7 + 0.6 * random());
        pace = onPulse(pace, 27 * ratio, true, i * 3_000, most);
        if (i >= 200) seen.push({ share: pace.share, ratio });
      }
      const mean = (of: (one: (typeof seen)[number]) => number) =>
        seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
      expect(mean(({ ratio }) => ratio)).toBeLessThan(2.1);
      expect(mean(({ share }) => Math.min(1, share))).toBeGreaterThan(0.25);
    },
  );

  test("below one call at once it rests in proportion, and never longer than 5 s", () => {
    expect([restAfterCall({ ...quiet, share: 2 }, 100), restAfterCall({ ...quiet, share: 0.5 }, 100)]).toEqual([
      0, 100,
    ]);
    expect(restAfterCall({ ...quiet, share: 0.1 }, 60_000)).toBe(5_000);
  });
});

describe("how many rows one call carries", () => {
  test("few at first, then so many as take about half a second, and never more than the kind allows", () => {
    expect(rowsOf({ perRowMs: null }, 200)).toBe(10);
    const quick = onCall({ perRowMs: null }, 10, 50);
    expect(rowsOf(quick, 200)).toBe(100);
    expect(rowsOf(quick, 20)).toBe(20);
    expect(rowsOf(onCall({ perRowMs: null }, 1, 4_000), 200)).toBe(1);
  });

  test("fewer when rows become slow", () => {
    let load = onCall({ perRowMs: null }, 100, 500);
    for (let i = 0; i < 10; i++) load = onCall(load, 50, 2_500);
    expect(rowsOf(load, 200)).toBeLessThan(15);
  });
});
