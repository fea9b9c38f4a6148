/** Where two texts differ: what they share at the start and at the end, and what stands between in each. */
export type ChangedPart = { start: string; old: string; new: string; end: string };

/** Finds the changed part of two texts. Surrogate pairs are never cut. */
export function changedPart(before: string, after: string): ChangedPart {
  const a = [...before];
  const b = [...after];
  const limit = Math.min(a.length, b.length);
  let head = 0;
  while (head < limit && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < limit - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return {
    start: a.slice(0, head).join(""),
    old: a.slice(head, a.length - tail).join(""),
    new: b.slice(head, b.length - tail).join(""),
    end: a.slice(a.length - tail).join(""),
  };
}
