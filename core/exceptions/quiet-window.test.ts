import { describe, expect, it, test } from "vitest";
import { covers, proposeOutages, stateOfWindow, type WindowScope, windowPlan } from "./quiet-window";

const everything: WindowScope = { feedId: null, toldCarriers: null, carrier: null, kind: null };
const late = { kind: "scan_late" as const, feedId: 3, carrier: "DHL", toldBy: [1, 5] };

describe("a window covers", () => {
  it.each<[string, Partial<WindowScope>, boolean]>([
    ["everything without a condition", {}, true],
    ["its carrier, however it is written", { carrier: " dhl " }, true],
    ["no other carrier", { carrier: "UPS" }, false],
    ["its feed", { feedId: 3 }, true],
    ["no other feed", { feedId: 4 }, false],
    ["what its feed told of before and is silent about now", { feedId: 5, toldCarriers: [] }, true],
    ["what comes late by the carrier that its feed tells of", { feedId: 4, toldCarriers: ["dhl"] }, true],
    ["no carrier that others tell of", { feedId: 4, toldCarriers: ["ups"] }, false],
    ["nothing that a feed told which is no carrier's", { feedId: 5, toldCarriers: null }, false],
    ["its kind", { kind: "scan_late" }, true],
    ["no other kind", { kind: "held" }, false],
    ["only what meets all conditions", { carrier: "DHL", feedId: 4 }, false],
  ])("%s", (_, scope, expected) => {
    expect(covers({ ...everything, ...scope }, late)).toBe(expected);
  });

  it("trouble of our own and lost goods only where it names them", () => {
    const lost = { ...late, kind: "lost" as const };
    expect([covers(everything, lost), covers({ ...everything, kind: "lost" }, lost)]).toEqual([false, true]);
  });

  it("of what its feed told of only what follows from its silence", () => {
    const scope = { ...everything, feedId: 5, toldCarriers: ["dhl"] };
    expect(covers(scope, { ...late, kind: "tracking_mismatch" })).toBe(false);
    expect(covers({ ...scope, kind: "feed_silent" }, late)).toBe(false);
  });

  it("no exception without a carrier by a carrier", () => {
    expect(covers({ ...everything, carrier: "DHL" }, { ...late, carrier: null })).toBe(false);
  });
});

test("a window is planned, running and over; one ended by a person is over", () => {
  const window = { fromAt: new Date(1000), toAt: new Date(2000), endedAt: null };
  expect([999, 1000, 1999, 2000].map((at) => stateOfWindow(window, at))).toEqual([
    "planned",
    "running",
    "running",
    "over",
  ]);
  expect(stateOfWindow({ ...window, endedAt: new Date(1500) }, 1600)).toBe("over");
});

test("a plan that ends before it begins, or lasts more than 30 days, is refused", () => {
  const plan = (days: number) =>
    windowPlan.safeParse({ fromAt: new Date(0), toAt: new Date(days * 86_400_000), reason: "planned work" }).success;
  expect([plan(-1), plan(1), plan(30), plan(31)]).toEqual([false, true, true, false]);
});

describe("an outage is proposed", () => {
  const sign = { feedId: 3, carrier: null, name: "DHL", silentSinceMs: null, lastHour: 0, usualPerHour: 0 };
  it("where a feed is silent or a cause explodes, each place once", () => {
    const proposals = proposeOutages([
      { ...sign, silentSinceMs: Date.parse("2026-11-20T10:00:00Z") },
      { ...sign, lastHour: 100, usualPerHour: 1 },
      { ...sign, feedId: 4, lastHour: 100, usualPerHour: 1 },
    ]);
    expect(proposals.map((p) => [p.feedId, p.why])).toEqual([
      [3, "nothing came since 2026-11-20 10:00 UTC"],
      [4, "100 of one cause within an hour, usual are 1.0"],
    ]);
  });
  it("not for a few, and not for as many as are usual", () => {
    expect(
      proposeOutages([
        { ...sign, lastHour: 19 },
        { ...sign, lastHour: 99, usualPerHour: 10 },
      ]),
    ).toEqual([]);
  });
});
