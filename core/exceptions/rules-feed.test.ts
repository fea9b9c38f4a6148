import { describe, expect, it } from "vitest";
import { DETECTED_KINDS } from "./detect";
import { FEED_KINDS, type FeedStatistics, judgeFeed } from "./rules-feed";
import { DEFAULT_THRESHOLDS } from "./thresholds";

const NOW_MS = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;

function feed(extra: Partial<FeedStatistics> = {}): FeedStatistics {
  return {
    feedId: 4,
    name: "DHL",
    state: "active",
    nowMs: NOW_MS,
    lastReceivedAtMs: NOW_MS,
    gapP99Ms: 10 * MINUTE_MS,
    silentAfterMinutes: null,
    messages: 100,
    duplicates: 0,
    rejected: 0,
    ...extra,
  };
}

const kinds = (extra: Partial<FeedStatistics>) =>
  judgeFeed(feed(extra), DEFAULT_THRESHOLDS).findings.map(({ kind, subject }) => `${kind} ${subject}`);

describe("feed_silent", () => {
  const last = (minutes: number) => ({ lastReceivedAtMs: NOW_MS - minutes * MINUTE_MS });

  it.each<[string, Partial<FeedStatistics>, string[]]>([
    ["opens after three times the p99 gap", last(30.001), ["feed_silent feed:4"]],
    ["not before", last(30), []],
    [
      "opens after the configured time, whatever the rhythm",
      { ...last(6), silentAfterMinutes: 5 },
      ["feed_silent feed:4"],
    ],
    ["waits for the configured time, whatever the rhythm", { ...last(300), silentAfterMinutes: 600 }, []],
    ["needs a rhythm or a configured time", { ...last(9_999), gapP99Ms: null }, []],
    ["is not asked of a paused feed", { ...last(9_999), state: "paused" }, []],
    ["is not asked of a feed that never spoke", { lastReceivedAtMs: null }, []],
  ])("%s", (_, extra, findings) => {
    expect(kinds(extra)).toEqual(findings);
  });

  it("asks to be looked at again when the silence becomes too long", () => {
    const judgement = judgeFeed(feed(), DEFAULT_THRESHOLDS);
    const dueAtMs = NOW_MS + 30 * MINUTE_MS;
    expect(judgement).toEqual({ findings: [], reviewAtMs: dueAtMs + 1 });
    const then = judgeFeed(feed({ nowMs: dueAtMs + 1 }), DEFAULT_THRESHOLDS);
    expect(then.findings).toMatchObject([{ kind: "feed_silent", text: "DHL has been silent for longer than 30 min" }]);
  });

  it("shows the same however long it lasts", () => {
    const [one, two] = [100, 900].map((minutes) =>
      judgeFeed(feed({ lastReceivedAtMs: NOW_MS, nowMs: NOW_MS + minutes * MINUTE_MS }), DEFAULT_THRESHOLDS),
    );
    expect(one).toEqual(two);
  });
});

describe("duplicate_burst", () => {
  it.each<[string, Partial<FeedStatistics>, string[]]>([
    ["opens above 20 %", { duplicates: 21 }, ["duplicate_burst feed:4"]],
    ["not at 20 %", { duplicates: 20 }, []],
    ["not for a handful of messages", { messages: 49, duplicates: 49 }, []],
    ["counts from 50 messages", { messages: 50, duplicates: 49 }, ["duplicate_burst feed:4"]],
  ])("%s", (_, extra, findings) => {
    expect(kinds(extra)).toEqual(findings);
  });

  it("is looked at again when its window has passed, because counts fall without news", () => {
    const judgement = judgeFeed(feed({ duplicates: 90, silentAfterMinutes: 9_999 }), DEFAULT_THRESHOLDS);
    expect(judgement.reviewAtMs).toBe(NOW_MS + 10 * MINUTE_MS);
  });
});

describe("rejected_sender", () => {
  it.each<[string, number, string[]]>([
    ["opens at the sixth refusal", 6, ["rejected_sender feed:4"]],
    ["not at the fifth", 5, []],
  ])("%s", (_, rejected, findings) => {
    expect(kinds({ rejected })).toEqual(findings);
  });
});

it("feeds and shipments own different kinds", () => {
  expect(FEED_KINDS.filter((kind) => DETECTED_KINDS.includes(kind))).toEqual([]);
});
