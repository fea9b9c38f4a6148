import type { EventTime, Precision, TimeBasis } from "./event";

/** A time as a source wrote it. Parts that it left out are undefined; `month` is 1-12. */
export type WallClock = {
  year: number;
  month: number;
  day: number;
  hour?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
};

export type TimeInput = WallClock & {
  /** Offset that the payload names, in minutes east of UTC. */
  offsetMinutes?: number | null;
  /** IANA zone of the place of the event, where known. */
  placeZone?: string | null;
  /** IANA zone configured for the feed. */
  feedZone?: string | null;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WIDEST_OFFSET_MINUTES = 14 * 60;

/**
 * Resolves a written time to an instant: by the payload's offset, else the zone of the place, else the zone of the feed, else UTC as an
 * assumption. A day without a time is its first instant. 24:00 is the next midnight, a leap second counts as the 59th. Zones that this
 * runtime does not know are passed over. null for a date or time that does not exist.
 */
export function resolveTime(input: TimeInput): EventTime | null {
  const wallMs = wallClockMs(input);
  if (wallMs === null) return null;
  const precision = precisionOf(input);
  const { offsetMinutes, placeZone, feedZone } = input;
  if (offsetMinutes !== undefined && offsetMinutes !== null) {
    if (!Number.isInteger(offsetMinutes) || Math.abs(offsetMinutes) > WIDEST_OFFSET_MINUTES) return null;
    return { occurredAtMs: wallMs - offsetMinutes * MINUTE_MS, offsetMinutes, precision, basis: "offset" };
  }
  for (const [zone, basis] of [
    [placeZone, "location"],
    [feedZone, "feed"],
  ] as const satisfies readonly (readonly [string | null | undefined, TimeBasis])[]) {
    if (!zone || !isZone(zone)) continue;
    return { occurredAtMs: instantInZone(wallMs, zone), offsetMinutes: null, precision, basis };
  }
  return { occurredAtMs: wallMs, offsetMinutes: null, precision, basis: "assumed" };
}

/**
 * Reads an offset as minutes east of UTC: "Z", "UTC", "GMT", "+02:00", "-0530", "+5:30", "+05", "UTC+1"; null when it is none or lies
 * beyond 14 h.
 */
export function parseOffset(text: string): number | null {
  const said = text.trim().toUpperCase();
  if (said === "Z" || said === "UTC" || said === "GMT") return 0;
  const parts = /^(?:UTC|GMT)?\s?([+\-−])(\d{1,2})(?::?(\d{2}))?$/.exec(said);
  if (parts === null) return null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  if (Number(parts[3] ?? 0) > 59 || minutes > WIDEST_OFFSET_MINUTES) return null;
  return minutes === 0 ? 0 : parts[1] === "+" ? minutes : -minutes;
}

/** Says whether a name is an IANA zone that this runtime knows. */
export function isZone(name: string): boolean {
  return formatterOf(name) !== null;
}

/**
 * Turns a wall clock (given as if it were UTC, in ms) into the instant at which a zone's clocks show it. A time that a clock change
 * skips is read with the offset before the change (02:30 becomes 03:30); one that occurs twice is its first occurrence.
 */
export function instantInZone(wallMs: number, zone: string): number {
  const before = offsetAt(wallMs - DAY_MS, zone);
  const after = offsetAt(wallMs + DAY_MS, zone);
  const early = wallMs - before * MINUTE_MS;
  if (before === after || offsetAt(early, zone) === before) return early;
  const late = wallMs - after * MINUTE_MS;
  return offsetAt(late, zone) === after ? late : early;
}

/** Offset of a zone at an instant, in minutes east of UTC. Throws RangeError for an unknown zone. */
export function offsetAt(instantMs: number, zone: string): number {
  const formatter = formatterOf(zone);
  if (formatter === null) throw new RangeError(`unknown time zone: ${zone}`);
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shownMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return Math.round((shownMs - Math.floor(instantMs / 1000) * 1000) / MINUTE_MS);
}

/** Formatters are costly to make and never change; a bounded number of them is kept. */
const formatters = new Map<string, Intl.DateTimeFormat | null>();
const MOST_FORMATTERS = 600;

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const made = makeFormatter(zone);
  formatters.set(zone, made);
  return made;
}

function makeFormatter(zone: string): Intl.DateTimeFormat | null {
  if (zone.length > 64) return null;
  try {
    return new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
}

function precisionOf(clock: WallClock): Precision {
  if (clock.hour === undefined) return "date";
  return clock.second === undefined ? "minute" : "second";
}

/** The wall clock as if it were UTC, in ms; null where a part is out of range or the day is not in the calendar. */
function wallClockMs(clock: WallClock): number | null {
  const { year, month, day, hour = 0, minute = 0, second = 0, millisecond = 0 } = clock;
  const whole =
    Number.isInteger(year) &&
    Number.isInteger(month) &&
    Number.isInteger(day) &&
    Number.isInteger(hour) &&
    Number.isInteger(minute) &&
    Number.isInteger(second) &&
    Number.isInteger(millisecond);
  if (!whole || year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const isMidnight = hour === 24 && minute === 0 && second === 0 && millisecond === 0;
  if (hour < 0 || (hour > 23 && !isMidnight) || minute < 0 || minute > 59 || second < 0 || second > 60) return null;
  if (millisecond < 0 || millisecond > 999) return null;
  if (day > daysIn(year, month)) return null;
  return firstMomentOf(year, month, day) + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000 + millisecond;
}

/** Days of a month in the Gregorian calendar, before its introduction too. */
function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Date.UTC takes the years 0 to 99 for those of the last century; 400 years are the same number of days always. */
function firstMomentOf(year: number, month: number, day: number): number {
  return year > 99 ? Date.UTC(year, month - 1, day) : Date.UTC(year + 400, month - 1, day) - 146_097 * DAY_MS;
}
