import { expect, test } from "vitest";
import { wallInstant } from "./wall-instant";

test.each([
  ["2026-11-20T10:00", "Europe/Prague", "2026-11-20T09:00:00.000Z"],
  ["2026-07-20T10:00", "Europe/Prague", "2026-07-20T08:00:00.000Z"],
  ["2026-11-20T10:00", "UTC", "2026-11-20T10:00:00.000Z"],
  ["", "UTC", null],
  ["2026-13-40T99:99", "UTC", null],
])("%s in %s is %s", (wall, zone, instant) => {
  expect(wallInstant(wall, zone)).toBe(instant);
});
