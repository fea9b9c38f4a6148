type Held<T> = { atMs: number; untilMs: number; value: Promise<T> };

/** An answer is kept for at least twenty times what it took, so that reading it costs a twentieth of one core at most. */
const PAUSE_FACTOR = 20;

/** Keeps an answer for a while and lets everybody who asks meanwhile share one reading; `atMs` says how old it is. A failure is not kept. */
export function cached<T>(
  forMs: number,
  nowMs: () => number,
): (key: string, read: () => Promise<T>) => Promise<{ value: T; atMs: number }> {
  const held = new Map<string, Held<T>>();
  return async (key, read) => {
    const now = nowMs();
    let entry = held.get(key);
    if (!entry || now >= entry.untilMs) {
      for (const [k, e] of held) if (now >= e.untilMs) held.delete(k);
      const made: Held<T> = { atMs: now, untilMs: Number.POSITIVE_INFINITY, value: read() };
      held.set(key, made);
      made.value.then(
        () => {
          made.untilMs = now + Math.max(forMs, (nowMs() - now) * PAUSE_FACTOR);
        },
        () => {
          if (held.get(key) === made) held.delete(key);
        },
      );
      entry = made;
    }
    return { value: await entry.value, atMs: entry.atMs };
  };
}
