import type { TimeInput, WallClock } from "@/core/shipments/zones";
import { isReal, readIsoTime } from "@/core/wall-clock";

export const DATE_ORDERS = ["ymd", "dmy", "mdy"] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** Notation of a written date: what separates its parts tells families of a file apart. */
export type Notation = "iso" | "compact" | "named" | "/" | "." | "-";

const NAMED = /^(?:[A-Za-z]{3,9},? )?(\d{1,2})[ ./-]?([A-Za-z]{3,9})\.?,?[ ./-]?(\d{4}|\d{2})(?:[T ,]+(.+))?$/;
const NAMED_FIRST = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?:[T ,]+(.+))?$/;
const NUMERIC = /^(\d{1,4})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,]+(.+))?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2}):?(\d{2})?)?$/;
const CLOCK =
  /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*(?:([ap])\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Which notation a text is written in and its numeric parts in written order; null when it looks like no date. */
export function notationOf(text: string): { notation: Notation; parts: [number, number, number] | null } | null {
  const value = text.trim();
  if (value.length < 6 || value.length > 40) return null;
  if (/^\d{4}-\d{2}-\d{2}/.test(value)) return readIsoTime(value) ? { notation: "iso", parts: null } : null;
  if (COMPACT.test(value)) return readDate(value, "ymd") ? { notation: "compact", parts: null } : null;
  if (NAMED.test(value) || NAMED_FIRST.test(value))
    return readDate(value, "dmy") ? { notation: "named", parts: null } : null;
  const match = NUMERIC.exec(value);
  if (!match || (match[5] !== undefined && readClock(match[5]) === null)) return null;
  const parts: [number, number, number] = [Number(match[1]), Number(match[3]), Number(match[4])];
  return { notation: match[2] as Notation, parts };
}

/**
 * Reads a date, with a time of day where one stands behind it, in the one order that the column is known to have; null for any other, so
 * that a date which only looks right is not taken. Years of two digits are 2000 to 2069, then 1970 to 1999.
 */
export function readDate(text: string, order: DateOrder, clockText: string | null = null): TimeInput | null {
  const value = text.trim();
  const day = readDay(value, order);
  if (day === null) return null;
  const rest = day.rest ?? (clockText?.trim() || null);
  if (rest === null) return isReal(day.date) ? { ...day.date, ...day.offset } : null;
  const clock = readClock(rest);
  const full = clock === null ? null : { ...day.date, ...clock };
  return full !== null && isReal(full) ? full : null;
}

type Day = { date: WallClock; rest: string | null; offset?: { offsetMinutes: number } };

function readDay(value: string, order: DateOrder): Day | null {
  const named = NAMED.exec(value);
  if (named) return dayOf(named[3], monthNamed(named[2]), named[1], named[4]);
  const first = NAMED_FIRST.exec(value);
  if (first) return dayOf(first[3], monthNamed(first[1]), first[2], first[4]);
  if (order === "ymd") {
    const iso = readIsoTime(value);
    if (iso) return { date: iso, rest: null };
    const compact = COMPACT.exec(value);
    if (compact) return compactDay(compact);
    const match = /^(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?:[T ,]+(.+))?$/.exec(value);
    return match ? dayOf(match[1], Number(match[3]), match[4], match[5]) : null;
  }
  const match = NUMERIC.exec(value);
  if (!match || (match[1]?.length ?? 0) > 2) return null;
  const [day, month] = order === "dmy" ? [match[1], match[3]] : [match[3], match[1]];
  return dayOf(match[4], Number(month), day, match[5]);
}

function compactDay(match: RegExpExecArray): Day {
  const [, year, month, day, hour, minute, second] = match;
  const rest = hour === undefined ? null : `${hour}:${minute}${second === undefined ? "" : `:${second}`}`;
  return { date: { year: Number(year), month: Number(month), day: Number(day) }, rest };
}

function dayOf(year: string | undefined, month: number, day: string | undefined, rest: string | undefined): Day {
  const short = Number(year);
  const full = year?.length === 2 ? short + (short < 70 ? 2000 : 1900) : short;
  return { date: { year: full, month, day: Number(day) }, rest: rest ?? null };
}

/** 1-12; 0, which no date has, for a word that is no English month. */
function monthNamed(word: string | undefined): number {
  return MONTHS.indexOf((word ?? "").slice(0, 3).toLowerCase()) + 1;
}

/** Reads a time of day, of 24 hours or with AM/PM, with or without offset; null when it is none (17:10 PM is none). */
export function readClock(text: string): Pick<TimeInput, "hour" | "minute" | "second" | "offsetMinutes"> | null {
  const match = CLOCK.exec(text.trim());
  if (!match) return null;
  const written = Number(match[1]);
  const half = match[4]?.toLowerCase();
  if (half !== undefined && (written < 1 || written > 12)) return null;
  const hour = half === undefined ? written : (written % 12) + (half === "p" ? 12 : 0);
  const minute = Number(match[2]);
  const zone = match[5] === undefined ? null : readIsoTime(`2000-01-01T00:00${match[5].toUpperCase()}`)?.offsetMinutes;
  if (hour > 23 || minute > 59 || (match[5] !== undefined && zone == null)) return null;
  return {
    hour,
    minute,
    ...(match[3] === undefined ? {} : { second: Number(match[3]) }),
    ...(zone == null ? {} : { offsetMinutes: zone }),
  };
}
