import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeDoorLog } from "./door-log";

let lines: { fields: Record<string, unknown>; text: string }[] = [];
const log = { info: (fields: object, text: string) => void lines.push({ fields: { ...fields }, text }) };
const door = () => makeDoorLog(log as Parameters<typeof makeDoorLog>[0]);

beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("deliveries that are few are written one by one", () => {
  const few = door();
  for (let i = 0; i < 10; i++) few.stored("a", 1, () => ({ i }));
  few.refused("b", () => ({ code: "not_found" }));
  vi.advanceTimersByTime(5000);
  expect(lines.map((line) => line.text)).toEqual([...Array(10).fill("delivery"), "delivery refused"]);
});

test("beyond fifty a second the rest is counted by feed and told in one line each, and the next second starts anew", () => {
  const busy = door();
  for (let i = 0; i < 1050; i++) busy.stored(i % 2 ? "a" : "b", 3, () => ({ i }));
  busy.refused("b", () => ({}));
  expect(lines).toHaveLength(50);
  vi.advanceTimersByTime(1000);
  expect(lines.slice(50)).toEqual([
    { fields: { feed: "b", deliveries: 500, messages: 1500, refused: 1 }, text: "more deliveries in this second" },
    { fields: { feed: "a", deliveries: 500, messages: 1500, refused: 0 }, text: "more deliveries in this second" },
  ]);
  busy.stored("a", 1, () => ({ again: true }));
  expect(lines.at(-1)).toEqual({ fields: { again: true }, text: "delivery" });
});

test("names that a sender made up are bounded, and closing tells what was only counted", () => {
  const flooded = door();
  for (let i = 0; i < 500; i++) flooded.refused(`made-up-${i}`, () => ({}));
  flooded.close();
  const told = lines.slice(50);
  expect(told.length).toBeLessThanOrEqual(51);
  expect(told.reduce((sum, line) => sum + Number(line.fields.refused), 0)).toBe(450);
});
