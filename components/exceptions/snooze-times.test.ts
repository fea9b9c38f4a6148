import { expect, test } from "vitest";
import { snoozeChoices } from "./snooze-times";

test.each([
  ["2026-11-04T15:30:00", "2026-11-09T08:00:00"],
  ["2026-11-08T23:00:00", "2026-11-09T08:00:00"],
  ["2026-11-09T07:00:00", "2026-11-16T08:00:00"],
])("on %s Monday is %s", (now, monday) => {
  const choices = snoozeChoices(new Date(now));
  expect(choices[3]?.until).toEqual(new Date(monday));
});

test("all choices lie ahead, and tomorrow is a morning", () => {
  const now = new Date("2026-12-31T23:59:00");
  const choices = snoozeChoices(now);
  for (const { until } of choices) expect(until.getTime()).toBeGreaterThan(now.getTime());
  expect(choices[2]?.until).toEqual(new Date("2027-01-01T08:00:00"));
});
