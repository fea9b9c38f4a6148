import type { EventTime, Precision, TimeBasis } from "@/core/shipments/event";

/** A clock as a source wrote it: `wallMs` is the reading as if it were UTC, `offsetMinutes` what the source itself said of its offset. */
export type WallClock = { wallMs: number; offsetMinutes: number | null; precision: Precision };

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Reads an ISO 8601 date or date-time, with or without offset; null when it is none or names a day that does not exist. */
export function readIsoClock(text: string): WallClock | null {
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const wallMs = wallOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  );
  if (wallMs === null) return null;
  const offsetMinutes = zone === undefined ? null : readOffset(zone);
  if (zone !== undefined && (offsetMinutes === null || hour === undefined)) return null;
  return {
    wallMs: wallMs + (fraction === undefined ? 0 : Number(`${fraction}00`.slice(0, 3))),
    offsetMinutes,
    precision: hour === undefined ? "date" : second === undefined ? "minute" : "second",
  };
}

/** Milliseconds of a calendar reading as if it were UTC; null when such a day or time of day does not exist (24:00 and :60 are none). */
export function wallOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  if (year < 1000 || year > 9999) return null;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(ms).getUTCDate() === day ? ms : null;
}

/** Reads Z, UTC, GMT, +hh, +hhmm or +hh:mm into minutes east of UTC; null beyond 18 hours. */
export function readOffset(text: string): number | null {
  if (/^(Z|UTC|GMT)$/i.test(text)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 18 * 60 || Number(match[3] ?? 0) > 59) return null;
  return match[1] === "-" ? 0 - minutes : minutes;
}

/** Gives the instant of a reading: its own offset first, then the given zone with its basis, else UTC, said to be assumed. */
export function resolveClock(clock: WallClock, zone: string | null, zoneBasis: TimeBasis = "feed"): EventTime {
  const { wallMs, offsetMinutes, precision } = clock;
  if (offsetMinutes !== null) {
    return { occurredAtMs: wallMs - offsetMinutes * MINUTE, offsetMinutes, precision, basis: "offset" };
  }
  const zoned = zone === null ? null : instantInZone(wallMs, zone);
  return zoned === null
    ? { occurredAtMs: wallMs, offsetMinutes: null, precision, basis: "assumed" }
    : { occurredAtMs: zoned, offsetMinutes: null, precision, basis: zoneBasis };
}

/** Instant at which clocks of an IANA zone show `wallMs`: the earlier one when they show it twice, null for an unknown zone. */
export function instantInZone(wallMs: number, zone: string): number | null {
  const before = offsetOfZone(wallMs - DAY, zone);
  const after = offsetOfZone(wallMs + DAY, zone);
  if (before === null || after === null) return null;
  const candidates = [before, after]
    .map((offset) => ({ offset, at: wallMs - offset * MINUTE }))
    .filter(({ offset, at }) => offsetOfZone(at, zone) === offset)
    .map(({ at }) => at);
  // A reading that the clocks skip (spring forward) is taken by the offset before the jump.
  return candidates.length > 0 ? Math.min(...candidates) : wallMs - before * MINUTE;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** Minutes east of UTC of an IANA zone at an instant; null for an unknown zone. */
export function offsetOfZone(atMs: number, zone: string): number | null {
  if (!formats.has(zone)) formats.set(zone, formatOf(zone));
  const format = formats.get(zone);
  if (!format) return null;
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return Math.round((wall - Math.floor(atMs / 1000) * 1000) / MINUTE);
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-US", {
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
