import { describe, expect, test } from "vitest";
import { TRACE_STAGES, type TracedPosting, type TraceMoments, traceOf } from "./trace";

const posting: TracedPosting = {
  plannedAtMs: 120,
  calls: [
    { startedAtMs: 200, durationMs: 50 },
    { startedAtMs: 900, durationMs: 100 },
  ],
  postedAtMs: 1000,
  verifiedAtMs: 1500,
  isOver: false,
};
const moments: TraceMoments = {
  receivedAtMs: 0,
  reading: { atMs: 100, transformUs: 2000, routeUs: 500, enrichUs: 4000 },
  postings: [posting],
  exceptions: [],
};
const traced = (over: Partial<TraceMoments> = {}, nowMs = 10_000) => traceOf({ ...moments, ...over }, nowMs);
const step = (stage: string, over: Partial<TraceMoments> = {}) => traced(over).steps.find((one) => one.stage === stage);

describe("the way of a message", () => {
  test("has five stages in order, each with its beginning and its duration", () => {
    const { steps, retries, waitedMs, totalMs } = traced();
    expect(steps.map(({ stage }) => stage)).toEqual([...TRACE_STAGES]);
    expect(steps.map(({ startedAtMs, durationMs }) => [startedAtMs, durationMs])).toEqual([
      [100, 2],
      [102, 0.5],
      [102.5, 4],
      [120, 880],
      [1000, 500],
    ]);
    expect(steps.every(({ state }) => state === "done")).toBe(true);
    expect({ retries, waitedMs, totalMs }).toEqual({ retries: 1, waitedMs: 100, totalMs: 1500 });
  });

  test("waits as a whole until it is read", () => {
    const { steps, waitedMs } = traced({ reading: null, postings: [] }, 300);
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(["waiting"]));
    expect(waitedMs).toBe(300);
  });

  test("ends with enrichment where nothing was asked of Odoo and nothing is wrong", () => {
    expect(step("retries", { postings: [] })).toMatchObject({ state: "none", durationMs: null });
    expect(step("monitoring", { postings: [] })).toMatchObject({ state: "none" });
  });

  test("is under way until Odoo took all of it, and watched until the read-back", () => {
    const open = { ...posting, postedAtMs: null, verifiedAtMs: null };
    expect(step("retries", { postings: [posting, open] })).toMatchObject({ state: "under_way", durationMs: 9_880 });
    expect(step("monitoring", { postings: [open] })).toMatchObject({ state: "waiting" });
    expect(step("monitoring", { postings: [{ ...posting, verifiedAtMs: null }] })).toMatchObject({
      state: "under_way",
    });
  });

  test("a posting that was given up lasted until its last call", () => {
    const dead = { ...posting, postedAtMs: null, verifiedAtMs: null, isOver: true };
    expect(step("retries", { postings: [dead] })).toMatchObject({ state: "done", durationMs: 880 });
    expect(step("monitoring", { postings: [dead] })).toMatchObject({ state: "none" });
  });

  test("an exception that it opened is watched until it is resolved", () => {
    const open = { openedAtMs: 110, resolvedAtMs: null };
    expect(step("monitoring", { postings: [], exceptions: [open] })).toMatchObject({
      state: "under_way",
      startedAtMs: 110,
    });
    expect(step("monitoring", { postings: [], exceptions: [{ ...open, resolvedAtMs: 400 }] })).toMatchObject({
      state: "done",
      durationMs: 290,
    });
  });

  test("a reading from before the work was measured has no durations, and still its place", () => {
    const reading = { atMs: 100, transformUs: null, routeUs: null, enrichUs: null };
    expect(step("routing", { reading })).toEqual({
      stage: "routing",
      state: "done",
      startedAtMs: 100,
      durationMs: null,
    });
  });
});
