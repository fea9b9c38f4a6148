/**
 * How hard a sender may work one Odoo, as a value over a clock. `share` is the number of calls that may be under way at once; below 1
 * the sender rests after each call, so that Odoo has that part of the time for people. It grows slowly and shrinks at once.
 */
export type Pace = {
  share: number;
  /** How long a small read takes when Waypost is quiet, ms. */
  quietMs: number | null;
  /** How long it takes now, smoothed, ms. */
  pulseMs: number | null;
  /** When the share was last made smaller, and why. */
  loweredAtMs: number | null;
  reason: string | null;
};

export type PaceLimits = { most: number };

export const FIRST_PACE: Pace = { share: 1, quietMs: null, pulseMs: null, loweredAtMs: null, reason: null };

/** What a sender begins with: what was last known of this Odoo, where that can be read. */
export function paceFrom(kept: unknown): Pace {
  const { share, quietMs, loweredAtMs } = (kept ?? {}) as Partial<Record<keyof Pace, unknown>>;
  const numberOr = (value: unknown, otherwise: number | null) =>
    typeof value === "number" && Number.isFinite(value) && value > 0 ? value : otherwise;
  return {
    ...FIRST_PACE,
    share: numberOr(share, 1) ?? 1,
    quietMs: numberOr(quietMs, null),
    loweredAtMs: numberOr(loweredAtMs, null),
  };
}

const LEAST_SHARE = 0.1;
/** Up to so many times as long as when Waypost is quiet a small read may take, and the share still grows; beyond the second it shrinks. */
const UNNOTICED = 1.5;
const TOLERATED = 1.9;
/** Where a read takes next to nothing, so much more is nothing either. */
const NOISE_MS = 3;
const GROWTH = 0.1;
/** Until Odoo once asked for less, growth is quick. */
const FIRST_GROWTH = 0.5;
const SHRINK = 0.9;
/** With several calls at once, or where a read takes far longer, it shrinks quicker. */
const SHRINK_FAST = 0.75;
const FAR_LONGER = 3.5;
const SHRINK_REFUSED = 0.5;
/** Of single reads nothing follows: below one call at once a read meets a call, or does not. */
const SMOOTHING = 0.2;
const FIRST_SMOOTHING = 0.4;
/** A smaller share needs a moment to show in the pulse. */
const SETTLES_MS = 1_000;
/** What is quiet is the middle of what was seen at rest: each read moves it by so much, one much quicker at once. */
const QUIET_STEP = 0.03;
const MUCH_QUICKER = 0.7;
const QUICKER = 0.8;
const ANEW = 1.01;

/** Notes how long a small read took; `busy` says whether Waypost was sending meanwhile, its rests between calls with it. */
export function onPulse(pace: Pace, tookMs: number, busy: boolean, nowMs: number, limits: PaceLimits): Pace {
  if (!busy) return clamp({ ...pace, pulseMs: tookMs, quietMs: restOf(pace.quietMs, tookMs) }, limits);
  const isFirst = pace.loweredAtMs === null;
  const smoothing = isFirst ? FIRST_SMOOTHING : SMOOTHING;
  const pulseMs = pace.pulseMs === null ? tookMs : pace.pulseMs + smoothing * (tookMs - pace.pulseMs);
  const quietMs = pace.quietMs === null ? tookMs : quieter(pace.quietMs, tookMs);
  const told = { ...pace, pulseMs, quietMs };
  if (pulseMs <= Math.max(quietMs * UNNOTICED, quietMs + NOISE_MS))
    return clamp({ ...told, share: pace.share + (isFirst ? FIRST_GROWTH : GROWTH) }, limits);
  // at the least share the slowness is not ours: what is quiet for this Odoo is learnt anew, slowly
  if (pace.share <= LEAST_SHARE) return { ...told, quietMs: quietMs * ANEW };
  if (pulseMs <= Math.max(quietMs * TOLERATED, quietMs + NOISE_MS) || isSettling(pace, nowMs))
    return clamp(told, limits);
  const reason = `a small read takes ${Math.round(pulseMs)} ms instead of ${Math.round(quietMs)} ms`;
  const shrink = pace.share > 1 || pulseMs > quietMs * FAR_LONGER ? SHRINK_FAST : SHRINK;
  return clamp({ ...told, share: pace.share * shrink, loweredAtMs: nowMs, reason }, limits);
}

/** Some reads meet no call: where these are clearly quicker than what is held for quiet, it was learnt in a bad hour. */
function quieter(quietMs: number, tookMs: number): number {
  return tookMs < quietMs * QUICKER ? quietMs * (1 - QUIET_STEP) : quietMs;
}

function restOf(quietMs: number | null, tookMs: number): number {
  if (quietMs === null || tookMs < quietMs * MUCH_QUICKER) return tookMs;
  const step = quietMs * QUIET_STEP;
  return quietMs + Math.max(-step, Math.min(step, tookMs - quietMs));
}

/** Notes that Odoo turned a call away, lost it against other work, or did not answer in time. */
export function onRefusal(pace: Pace, reason: string, nowMs: number, limits: PaceLimits): Pace {
  if (isSettling(pace, nowMs)) return pace;
  return clamp({ ...pace, share: pace.share * SHRINK_REFUSED, loweredAtMs: nowMs, reason }, limits);
}

/** How long after one small read the next is due, ms. Once a pace is found they are rare: each is itself a call that people meet. */
export function pulseEveryMs(pace: Pace): number {
  return pace.loweredAtMs === null ? 700 : 3_000;
}

/** Calls that may be under way at once. */
export function lanesOf(pace: Pace): number {
  return Math.max(1, Math.floor(pace.share));
}

/** How long to rest after a call that took so long, ms: nothing from a share of 1 on. */
export function restAfterCall(pace: Pace, tookMs: number): number {
  return pace.share >= 1 ? 0 : Math.min(5_000, Math.round(tookMs * (1 / pace.share - 1)));
}

function isSettling({ loweredAtMs }: Pace, nowMs: number): boolean {
  return loweredAtMs !== null && nowMs - loweredAtMs < SETTLES_MS && nowMs >= loweredAtMs;
}

function clamp(pace: Pace, { most }: PaceLimits): Pace {
  const share = Math.min(Math.max(1, most), Math.max(LEAST_SHARE, pace.share));
  return { ...pace, share: Math.round(share * 1000) / 1000 };
}

/** Rows that one call may carry, learnt from how long a row takes, ms: short calls let urgent ones through and lock little. */
export type Load = { perRowMs: number | null };

const CALL_TARGET_MS = 500;
const FIRST_ROWS = 10;

/** Notes that a call of so many rows took so long. */
export function onCall(load: Load, rows: number, tookMs: number): Load {
  const perRow = tookMs / Math.max(1, rows);
  return { perRowMs: load.perRowMs === null ? perRow : load.perRowMs + 0.3 * (perRow - load.perRowMs) };
}

/** How many rows the next call should carry, at most `most`. */
export function rowsOf(load: Load, most: number): number {
  const rows = load.perRowMs === null ? FIRST_ROWS : Math.floor(CALL_TARGET_MS / Math.max(0.1, load.perRowMs));
  return Math.max(1, Math.min(most, rows));
}
