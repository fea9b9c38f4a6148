import { expect, test } from "vitest";
import { isBacklog, type Mark, paceOf, withMark } from "./pace";
import { type Beat, callRoll } from "./roll";
import { wantedWorkers } from "./setting";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000);
const worker = (name: string, slot: number, quiet: number, over: Partial<Beat> = {}): Beat => ({
  process: `${name}/${slot + 10}/x${slot}`,
  role: "worker",
  startedAt: at(600),
  beatAt: at(quiet),
  facts: { slot, crew: "a/1", advanced: 100, perSecond: 5, rssMb: 200 },
  ...over,
});
const crew = (wanted: number): Beat => ({
  process: "a/1",
  role: "supervisor",
  startedAt: at(600),
  beatAt: at(1),
  facts: { wanted, byEnvironment: 1 },
});

test("the stored number holds within its bounds, else what the environment says", () => {
  expect(wantedWorkers(null, 2)).toBe(2);
  expect(wantedWorkers({}, 2)).toBe(2);
  expect(wantedWorkers({ count: null }, 2)).toBe(2);
  expect(wantedWorkers({ count: 5 }, 2)).toBe(5);
  for (const count of [0, 9, 2.5, "3", -1]) expect(wantedWorkers({ count }, 2)).toBe(2);
  expect(wantedWorkers("nonsense", 2)).toBe(2);
});

test.each([
  ["nothing was ever heard", [], "broken", "No worker runs: what comes in is kept and waits", 0],
  [
    "the only one is silent",
    [worker("a", 0, 180)],
    "broken",
    "No worker has run for 3 min: what comes in is kept and waits",
    0,
  ],
  ["all are well", [crew(2), worker("a", 0, 1), worker("a", 1, 4)], "ok", "2 workers run", 2],
  [
    "one is silent",
    [crew(2), worker("a", 0, 1), worker("a", 1, 90)],
    "late",
    "One worker has been silent for 1 min, 1 works on",
    1,
  ],
  ["more are wanted", [crew(3), worker("a", 0, 1)], "late", "1 of 3 workers run, the others are starting", 1],
  [
    "fewer are wanted",
    [crew(1), worker("a", 0, 1), worker("a", 1, 1)],
    "late",
    "2 workers run, 1 of them is ending",
    2,
  ],
  ["somebody else runs it", [worker("b", 12, 1, { facts: { slot: 12 } })], "ok", "One worker runs", 1],
  ["silent for very long", [crew(1), worker("a", 0, 1), worker("b", 7, 7_200)], "ok", "One worker runs", 1],
] as const)("roll: %s", (_, beats, flow, words, running) => {
  expect(callRoll(beats, NOW)).toMatchObject({ flow, words, running });
});

test("a silent worker whose place another took is not told; in the same place before it, it is", () => {
  const killed = worker("a", 0, 120);
  const next = worker("a", 0, 1, { process: "a/99/y", startedAt: at(118) });
  expect(callRoll([crew(1), killed, next], NOW).workers.map((one) => one.pid)).toEqual([99]);
  const elsewhere = worker("b", 0, 1, { startedAt: at(118) });
  expect(callRoll([crew(1), killed, elsewhere], NOW).workers).toHaveLength(2);
});

test("a worker is of the npm start that it names while that one speaks, and its pace counts while it speaks", () => {
  const [one] = callRoll([crew(1), worker("a", 0, 1)], NOW).workers;
  expect(one).toMatchObject({ crew: "a/1", host: "a", pid: 10, slot: 0, rssMb: 200, advanced: 100 });
  const gone = { ...crew(1), beatAt: at(40) };
  expect(callRoll([gone, worker("a", 0, 1)], NOW)).toMatchObject({ crews: [], workers: [{ crew: null }] });
  expect(callRoll([crew(2), worker("a", 0, 1), worker("a", 1, 60)], NOW).perSecond).toBe(5);
  const odd = worker("a", 0, 1, { process: "nonsense", facts: "none" });
  expect(callRoll([odd], NOW).workers[0]).toMatchObject({ host: "nonsense", pid: null, slot: null, perSecond: 0 });
});

test("the pace is that of the last half minute", () => {
  let marks: Mark[] = [];
  expect(paceOf(marks)).toBe(0);
  for (let second = 0; second <= 60; second += 5) {
    marks = withMark(marks, { atMs: second * 1000, done: second < 30 ? 0 : (second - 30) * 10 });
    if (second === 0) expect(paceOf(marks)).toBe(0);
  }
  expect(paceOf(marks)).toBe(10);
  expect(marks.length).toBeLessThan(9);
});

test.each([
  [0, 0, 0, false],
  [40, 2, 1_000, false],
  [4_000, 40, 1_000, true],
  [1, null, 10_000, false],
  [1, null, 90_000, true],
] as const)("%d waiting, done in %s s, the oldest %d ms old: worth telling %s", (waiting, drain, oldest, told) => {
  expect(isBacklog(waiting, drain, oldest)).toBe(told);
});
