import { expect, test } from "vitest";
import { boundWindow, failedWindow } from "./recover";

const now = new Date("2026-11-20T12:00:00Z");
const at = (text: string) => new Date(`2026-11-${text}:00Z`);

test.each([
  ["without an end it ends now", at("19T12:00"), null, now],
  ["its end is kept", at("19T12:00"), at("19T18:00"), at("19T18:00")],
  ["an end to come is now", at("19T12:00"), at("21T00:00"), now],
])("%s", (_what, since, until, ends) => {
  expect(boundWindow({ since, until }, now)).toEqual({ since, until: ends });
});

test.each([
  ["the end before the begin", at("19T12:00"), at("19T11:00"), /end after it begins/],
  ["an empty window", at("19T12:00"), at("19T12:00"), /end after it begins/],
  ["a begin to come", at("21T12:00"), null, /begin in the past/],
])("%s is refused", (_what, since, until, wrong) => {
  expect(boundWindow({ since, until }, now)).toEqual({ wrong: expect.stringMatching(wrong) });
});

test("a window needs its begin, and only kinds that there are", () => {
  expect(failedWindow.safeParse({}).success).toBe(false);
  expect(failedWindow.safeParse({ since: "soon" }).success).toBe(false);
  expect(failedWindow.safeParse({ since: now, kinds: ["telegram"] }).success).toBe(false);
  expect(failedWindow.parse({ since: now.toISOString() })).toEqual({ since: now, kinds: [], connections: [] });
});
