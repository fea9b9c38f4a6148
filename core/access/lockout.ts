/** Wrong passwords in a row after which sign-in is closed for a while. */
export const LOCK_AFTER = 5;
/** How long it stays closed, in ms. */
export const LOCK_FOR_MS = 15 * 60_000;
/** How long a session lasts, in seconds, counted from sign-in and not prolonged by use. */
export const SESSION_SECONDS = 8 * 3600;
/** Tries at sign-in and one-time links from one network address: a burst, then one every 20 s. */
export const ADDRESS_RATE = { burst: 30, perSecond: 0.05 } as const;

/**
 * Says whether a JSON web token still stands for the person as stored now: same session version, active, not older than the
 * session lasts. `signedInAtMs` and `nowMs` are ms since 1970.
 */
export function sessionHolds(
  token: { version: number; signedInAtMs: number },
  person: { state: string; sessionVersion: number } | null,
  nowMs: number,
): boolean {
  if (person?.state !== "active") return false;
  return person.sessionVersion === token.version && nowMs < token.signedInAtMs + SESSION_SECONDS * 1000;
}
