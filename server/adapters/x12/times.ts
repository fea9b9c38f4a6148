import type { EventTime } from "@/core/shipments/event";
import { resolveTime, type TimeInput } from "@/core/shipments/zones";
import { isReal } from "@/core/wall-clock";
import type { TranslateContext } from "../feed";
import { X12_TIME_CODE } from "./codes";
import { placeKey, zoneOfState } from "./places";

export type X12Place = { city: string | null; state: string | null; country: string | null };

/** What is wrong with a written time: which of its parts. */
export type TimeFault = "date" | "time" | "code";

/** When a document says it was written, and in which words. */
export type Said = { time: EventTime | null; text: string | null };

/** Date CCYYMMDD or YYMMDD, time HHMM[SS[D[D]]], code of element 623. */
export type WrittenTime = { date: string | null; time: string | null; code: string | null };

/**
 * Resolves an X12 time: by its code, else as the local time of its place, else by the feed's zone, else UTC, flagged. A time of day that does
 * not exist leaves the date.
 */
export function timeOf(
  written: WrittenTime,
  place: X12Place | null,
  context: TranslateContext,
): { time: EventTime | null; faults: TimeFault[] } {
  const faults: TimeFault[] = [];
  const day = written.date === null ? null : dayOf(written.date);
  if (day === null) return { time: null, faults: written.date === null ? [] : ["date"] };
  const clock = written.time === null ? null : clockOf(written.time);
  if (written.time !== null && clock === null) faults.push("time");
  const wall: TimeInput = { ...day, ...clock };
  const code = written.code?.toUpperCase() ?? null;
  const said = code === null || code === "LT" ? null : meaningOf(code);
  if (said === undefined) return { time: resolveTime(wall), faults: [...faults, "code"] };
  if (said !== null && clock !== null) {
    const offsetMinutes = typeof said === "number" ? said : offsetIn(said, wall);
    return { time: resolveTime({ ...wall, offsetMinutes }), faults };
  }
  return { time: resolveTime({ ...wall, placeZone: zoneOf(place, context), feedZone: context.zone }), faults };
}

function dayOf(text: string): Pick<TimeInput, "year" | "month" | "day"> | null {
  const match = /^(\d{4}|\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!match) return null;
  const year = Number(match[1]) + (match[1]?.length === 2 ? (Number(match[1]) < 70 ? 2000 : 1900) : 0);
  const day = { year, month: Number(match[2]), day: Number(match[3]) };
  return isReal(day) ? day : null;
}

function clockOf(text: string): Pick<TimeInput, "hour" | "minute" | "second"> | null {
  const match = /^(\d{2})(\d{2})(?:(\d{2})\d{0,2})?$/.exec(text);
  if (!match) return null;
  const clock = {
    hour: Number(match[1]),
    minute: Number(match[2]),
    ...(match[3] === undefined ? {} : { second: Number(match[3]) }),
  };
  return isReal({ year: 2000, month: 1, day: 1, ...clock }) ? clock : null;
}

/** Offset in minutes or zone of a time code; undefined for a code that the table does not have. */
function meaningOf(code: string): number | string | undefined {
  if (/^(0[1-9]|1\d|2[0-4])$/.test(code)) {
    const hours = Number(code);
    return (hours <= 12 ? hours : hours - 25) * 60;
  }
  return Object.hasOwn(X12_TIME_CODE, code) ? X12_TIME_CODE[code] : undefined;
}

/** The offset that a zone had when its clocks showed this. */
function offsetIn(zone: string, wall: TimeInput): number | null {
  const asUtc = resolveTime({ ...wall, offsetMinutes: 0 });
  const there = resolveTime({ ...wall, placeZone: zone });
  return asUtc && there ? Math.round((asUtc.occurredAtMs - there.occurredAtMs) / 60_000) : null;
}

function zoneOf(place: X12Place | null, context: TranslateContext): string | null {
  const key = place === null ? null : placeKey(place.state, place.country);
  return key === null ? null : ((context.zoneOfPlace ?? zoneOfState)(key) ?? null);
}

/** The time as the source wrote it, for identity and for people. */
export function writtenText({ date, time, code }: WrittenTime): string | null {
  const parts = [date, time, code].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" ");
}
