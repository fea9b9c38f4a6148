/** Keeps an answer for a short while and lets everybody who asks meanwhile share one reading; `atMs` says how old it is. */
export function cached<T>(
  forMs: number,
  nowMs: () => number,
): (key: string, read: () => Promise<T>) => Promise<{ value: T; atMs: number }> {
  const held = new Map<string, { atMs: number; value: Promise<T> }>();
  return async (key, read) => {
    const now = nowMs();
    let entry = held.get(key);
    if (!entry || now - entry.atMs >= forMs) {
      for (const [k, e] of held) if (now - e.atMs >= forMs) held.delete(k);
      entry = { atMs: now, value: read() };
      held.set(key, entry);
      entry.value.catch(() => held.delete(key));
    }
    return { value: await entry.value, atMs: entry.atMs };
  };
}
