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
/** Up to so much longer than when Waypost is quiet a small read may take, and the share still grows; beyond the second it shrinks. */
const UNNOTICED = 1.3;
const TOLERATED = 1.7;
const NOISE_MS = 3;
/** What is quiet falls at once and rises slowly: a single slow read may have met somebody else's work. */
const QUIET_RISES = 0.03;
const GROWTH = 0.15;
/** Until Odoo once asked for less, growth is quick. */
const FIRST_GROWTH = 0.5;
const SHRINK = 0.75;
const SHRINK_REFUSED = 0.5;
const SMOOTHING = 0.4;
/** A smaller share needs a moment to show in the pulse. */
const SETTLES_MS = 1_000;

/** Notes how long a small read took; `busy` says whether calls of Waypost were under way meanwhile. */
export function onPulse(pace: Pace, tookMs: number, busy: boolean, nowMs: number, limits: PaceLimits): Pace {
  const pulseMs = pace.pulseMs === null || !busy ? tookMs : pace.pulseMs + SMOOTHING * (tookMs - pace.pulseMs);
  if (!busy) {
    const quietMs =
      pace.quietMs === null ? tookMs : Math.min(tookMs, pace.quietMs + QUIET_RISES * (tookMs - pace.quietMs));
    return clamp({ ...pace, pulseMs, quietMs }, limits);
  }
  const quietMs = pace.quietMs === null ? tookMs : Math.min(pace.quietMs, tookMs);
  const told = { ...pace, pulseMs, quietMs };
  if (pulseMs <= quietMs * UNNOTICED + NOISE_MS) {
    return clamp({ ...told, share: pace.share + (pace.loweredAtMs === null ? FIRST_GROWTH : GROWTH) }, limits);
  }
  // at the least share the slowness is not ours: what is quiet for this Odoo is learnt anew, slowly
  if (pace.share <= LEAST_SHARE) return { ...told, quietMs: quietMs * 1.05 };
  if (pulseMs <= quietMs * TOLERATED + NOISE_MS || isSettling(pace, nowMs)) return clamp(told, limits);
  const reason = `a small read takes ${Math.round(pulseMs)} ms instead of ${Math.round(quietMs)} ms`;
  return clamp({ ...told, share: pace.share * SHRINK, loweredAtMs: nowMs, reason }, limits);
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
