import { parseOffset, resolveTime, type TimeInput, type WallClock } from "@/core/shipments/zones";

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;

/** Reads an ISO 8601 date or date-time, with or without offset; null when it is none or names a day or time that does not exist. */
export function readIsoTime(text: string): TimeInput | null {
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const clock: TimeInput = { year: Number(year), month: Number(month), day: Number(day) };
  if (hour !== undefined) {
    clock.hour = Number(hour);
    clock.minute = Number(minute);
  }
  if (second !== undefined) clock.second = Number(second);
  if (fraction !== undefined) clock.millisecond = Number(`${fraction}00`.slice(0, 3));
  if (!isReal(clock)) return null;
  if (zone === undefined) return clock;
  clock.offsetMinutes = hour === undefined ? null : zone === "Z" ? 0 : parseOffset(zone);
  return clock.offsetMinutes === null ? null : clock;
}

/** True for a day and a time of day that exist, in the years 1000 to 9999. */
export function isReal(clock: WallClock): boolean {
  return clock.year >= 1000 && clock.year <= 9999 && resolveTime(clock) !== null;
}
