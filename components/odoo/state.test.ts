import { expect, test } from "vitest";
import { type Breaker, CLOSED } from "@/core/postings/breaker";
import { connectionLook } from "./state";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const read = (secondsAgo: number, lastError: string | null = null) => ({
  polledAt: new Date(NOW - secondsAgo * 1000),
  lastError,
});
const active = { state: "active", observing: false };
const open: Breaker = { state: "open", sinceMs: 0, untilMs: 1, opened: 1, reason: "ECONNREFUSED" };

test.each([
  ["Well", active, CLOSED, [read(5), read(9)]],
  ["Observing", { ...active, observing: true }, CLOSED, [read(5)]],
  ["Behind", active, CLOSED, [read(5), read(121)]],
  ["Reading fails", active, CLOSED, [read(5), read(5, "Access denied")]],
  ["Not read yet", active, CLOSED, []],
  ["Not read yet", active, CLOSED, [{ polledAt: null, lastError: null }]],
  ["Not answering", active, open, [read(5)]],
  ["Trying again", active, { state: "half_open", sinceMs: 0, opened: 1, probing: true } as Breaker, [read(5)]],
  ["Paused", { state: "paused", observing: false }, open, [read(5)]],
  ["Archived", { state: "archived", observing: true }, CLOSED, []],
])("%s", (word, connection, breaker, watermarks) => {
  expect(connectionLook(connection, breaker, watermarks, NOW).word).toBe(word);
});
