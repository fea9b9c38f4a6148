import { describe, expect, test } from "vitest";
import type { ConnectionPulse, FeedPulse } from "@/db/queries/tower";
import { connectionLamp, feedLamp, feedsLamp, odooLamp } from "./lamps";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const ago = (minutes: number) => new Date(NOW - minutes * 60_000);
const odoo = (over: Partial<ConnectionPulse> = {}): ConnectionPulse => ({
  id: 1,
  name: "Odoo",
  state: "active",
  observing: false,
  breaker: {},
  version: "19.0",
  oldestDue: null,
  ...over,
});
const feed = (over: Partial<FeedPulse> = {}): FeedPulse => ({
  id: 1,
  slug: "f",
  name: "EasyPost",
  state: "active",
  lastAt: ago(2),
  received: 100,
  duplicates: 0,
  failed: 0,
  rejected: 0,
  hours: [],
  silent: false,
  refused: false,
  ...over,
});

describe("the lamp of an Odoo", () => {
  test.each<[string, Partial<ConnectionPulse>, string, RegExp]>([
    ["answers", {}, "ok", /answers/],
    ["open breaker", { breaker: { state: "open", reason: "refused" } }, "broken", /cannot be reached: refused/],
    ["probing", { breaker: { state: "half_open" } }, "broken", /cannot be reached/],
    ["paused", { state: "paused" }, "late", /paused/],
    ["six minutes behind", { oldestDue: ago(6) }, "late", /behind by 6 min/],
    ["four minutes behind", { oldestDue: ago(4) }, "ok", /answers/],
    ["due in the future", { oldestDue: ago(-30) }, "ok", /answers/],
    ["observing", { observing: true }, "ok", /not switched on/],
    ["a breaker that is no breaker", { breaker: "x" }, "ok", /answers/],
  ])("%s", (_, over, flow, words) => {
    const lamp = connectionLamp(odoo(over), NOW);
    expect(lamp.flow).toBe(flow);
    expect(lamp.words).toMatch(words);
  });

  test("the worst of several counts, and none is idle", () => {
    expect(odooLamp([odoo(), odoo({ state: "paused" }), odoo({ breaker: { state: "open" } })], NOW).flow).toBe(
      "broken",
    );
    expect(odooLamp([], NOW).flow).toBe("idle");
  });
});

describe("the lamp of the feeds", () => {
  test.each<[string, Partial<FeedPulse>, string, RegExp]>([
    ["speaks", {}, "ok", /last message 2 min ago/],
    ["silent", { silent: true, lastAt: ago(300) }, "broken", /silent for 5 h/],
    ["refused sender", { refused: true }, "broken", /refused/],
    ["paused", { state: "paused" }, "late", /paused/],
    ["never spoke", { lastAt: null }, "idle", /not sent anything/],
    ["six of a hundred unreadable", { failed: 6 }, "late", /6 of 100/],
    ["five of a hundred unreadable", { failed: 5 }, "ok", /last message/],
  ])("%s", (_, over, flow, words) => {
    const lamp = feedLamp(feed(over), NOW);
    expect(lamp.flow).toBe(flow);
    expect(lamp.words).toMatch(words);
  });

  test("names all that are equally unwell, and counts when all is well", () => {
    expect(
      feedsLamp([feed(), feed({ name: "A", silent: true }), feed({ name: "B", silent: true })], NOW).words,
    ).toMatch(/A .*; B /);
    expect(feedsLamp([feed(), feed({ lastAt: null })], NOW)).toEqual({
      flow: "ok",
      words: "1 of 2 feeds have sent messages",
    });
    expect(feedsLamp([], NOW).flow).toBe("idle");
  });
});
