import { describe, expect, it } from "vitest";
import { type Attempt, nextAttempt, type Wait, waitIn, waitOn } from "./patience";
import { missedFindings, type RunOfDay, standingsOf } from "./standing";

const MINUTE_MS = 60_000;
const at = (minute: number) => Date.parse("2026-11-28T02:00:00Z") + minute * MINUTE_MS;

describe("a run that waits for Odoo", () => {
  it("tries again after pauses that grow up to five minutes, and remembers since when", () => {
    let wait: Wait | null = null;
    const pauses: number[] = [];
    for (let minute = 0; minute < 7; minute++) {
      wait = waitOn(wait, "down", at(minute));
      pauses.push((wait.untilMs - at(minute)) / 1000);
    }
    expect(pauses).toEqual([15, 30, 60, 120, 240, 300, 300]);
    expect(wait).toMatchObject({ tries: 7, sinceMs: at(0) });
  });
  it("is read back from the summary of its run, and from nothing else", () => {
    const waits = waitOn(null, "down", at(0));
    expect(waitIn({ waits })).toEqual(waits);
    for (const other of [null, {}, { waits: "long" }, { generations: {} }]) expect(waitIn(other)).toBeNull();
  });
});

const ended = (state: Attempt["state"], minute: number): Attempt => ({ state, endedAtMs: at(minute) });

describe("a day that was not closed", () => {
  it.each<[string, Attempt[], number, ReturnType<typeof nextAttempt>]>([
    ["is begun", [], 0, "start"],
    ["is left to the run that is on it", [{ state: "running", endedAtMs: null }], 0, "rest"],
    ["rests after a run that broke", [ended("failed", 0)], 14, "rest"],
    ["is tried again after that", [ended("failed", 0)], 15, "start"],
    ["rests longer after the next", [ended("failed", 20), ended("failed", 0)], 49, "rest"],
    ["is given up after five", [1, 2, 3, 4, 5].map((minute) => ended("failed", minute)), 9_999, "give_up"],
    ["is given up where a person cancelled it", [ended("cancelled", 0)], 0, "give_up"],
  ])("%s", (_, attempts, minute, expected) => {
    expect(nextAttempt(attempts, at(minute))).toBe(expected);
  });
});

const run = (over: Partial<RunOfDay>): RunOfDay => ({
  id: "r",
  day: "2026-11-27",
  state: "done",
  failed: 0,
  error: null,
  summary: null,
  ...over,
});

describe("how a day stands", () => {
  const waits = waitOn(null, "Odoo cannot be read: it is down", at(0));
  it.each<[string, RunOfDay[], string | undefined]>([
    ["compared", [run({})], "compared"],
    ["compared, whatever was tried after", [run({ state: "failed" }), run({})], "compared"],
    ["in part, where something was unread", [run({ failed: 3 })], "part"],
    ["waiting", [run({ state: "running", summary: { waits } })], "waiting"],
    ["running", [run({ state: "running" })], "running"],
    ["failed", [run({ state: "failed", error: "No." })], "failed"],
    ["cancelled", [run({ state: "cancelled" })], "cancelled"],
  ])("%s", (_, runs, state) => {
    expect(standingsOf(runs).get("2026-11-27")?.state).toBe(state);
  });
  it("is told where it waits for half an hour, broke or is not whole, and not before", () => {
    const told = (one: RunOfDay, minute: number) =>
      missedFindings(standingsOf([one]), at(minute)).map(({ subject }) => subject);
    const waiting = run({ state: "running", summary: { waits } });
    expect(told(waiting, 29)).toEqual([]);
    expect(told(waiting, 30)).toEqual(["day:2026-11-27"]);
    expect(told(run({ failed: 1 }), 0)).toEqual(["day:2026-11-27"]);
    expect(told(run({ state: "failed" }), 0)).toEqual(["day:2026-11-27"]);
    expect(told(run({ state: "cancelled" }), 0)).toEqual([]);
    expect(told(run({}), 0)).toEqual([]);
  });
});
