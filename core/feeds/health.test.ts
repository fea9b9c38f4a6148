import { expect, test } from "vitest";
import { type FeedSigns, feedHealth } from "./health";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const well: FeedSigns = {
  state: "active",
  lastAtMs: NOW - 60_000,
  oldestWaitingMs: null,
  silenceMinutes: 60,
  recent: { received: 100, read: 100, failed: 0, rejected: 0, limited: 0 },
  nowMs: NOW,
};

test.each<[string, Partial<FeedSigns>, string]>([
  ["messages come", {}, "Well"],
  ["paused, though silent", { state: "paused", lastAtMs: 0 }, "Paused"],
  ["an hour and a minute without a message", { lastAtMs: NOW - 61 * 60_000 }, "Silent"],
  ["long silence without a limit", { lastAtMs: 0, silenceMinutes: null }, "Well"],
  ["one wrong signature among many", { recent: { ...well.recent, rejected: 6 } }, "Well"],
  ["wrong signatures only", { recent: { received: 0, read: 0, failed: 0, rejected: 6, limited: 0 } }, "Sender refused"],
  ["a message waiting for 6 minutes", { oldestWaitingMs: NOW - 6 * 60_000 }, "Behind"],
  ["one failure in twenty", { recent: { ...well.recent, failed: 5 } }, "Messages fail"],
  ["one failure in a hundred", { recent: { ...well.recent, failed: 1 } }, "Well"],
  ["throttled", { recent: { ...well.recent, limited: 3 } }, "Throttled"],
  ["never a message", { lastAtMs: null }, "Nothing yet"],
])("%s", (_name, some, word) => {
  expect(feedHealth({ ...well, ...some }).word).toBe(word);
});
