import { expect, test } from "vitest";
import { addPostings, addTallies, emptyTally, OTHERS, secondsFor, tallyIn } from "./tally";

test("tallies add up by name; too many reasons are counted together", () => {
  const one = { ...emptyTally(), messages: { read: 2, ignored: 1 }, reasons: { broken: 2 } };
  addPostings(one, "tracking_number", { planned: 2, held: 1 });
  addPostings(one, "tracking_number", { applied: 3 });
  const many = { ...emptyTally(), reasons: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`no ${i}`, 1])) };
  const sum = addTallies([one, one, many]);
  expect(sum.messages).toEqual({ read: 4, ignored: 2 });
  expect(sum.postings).toEqual({ tracking_number: { planned: 4, held: 2, applied: 6 } });
  expect(sum.reasons.broken).toBe(4);
  expect(sum.reasons[OTHERS]).toBe(21);
  expect(Object.values(sum.reasons).reduce((a, b) => a + b)).toBe(44);
  expect(addTallies([])).toEqual(emptyTally());
});

test.each([
  [null, null],
  [{}, null],
  [{ generations: { 1: 2 } }, null],
  [{ tally: { events: { new: -1 } } }, null],
  [{ tally: {} }, emptyTally()],
])("of a stored summary %j the tally is read", (summary, tally) => {
  expect(tallyIn(summary)).toEqual(tally);
});

test.each([
  ["the pace", 100, 5, null, 20],
  ["what was measured, where no pace is set", 100, null, 50, 2],
  ["what was measured, where it is slower than the pace", 100, 5, 2, 50],
  ["the pace, where it is slower than what was measured", 100, 5, 200, 20],
  ["nothing known", 100, null, null, null],
  ["nothing done", 100, null, 0, null],
])("how long it takes follows from %s", (_name, items, perSecond, measured, seconds) => {
  expect(secondsFor(items, perSecond, measured)).toBe(seconds);
});
