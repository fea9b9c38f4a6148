/** One line of a corrected text: as it was, as it is, or both. `line` counts from 1 in the text it stands in. */
export type ChangedLine = { line: number; old: string | null; new: string | null };

/** Lines that differ between two texts, paired in order; what is equal at the beginning and end is left out, at most `most` pairs. */
export function changedLines(before: string, after: string, most = 200): ChangedLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [was, is] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const changed: ChangedLine[] = [];
  for (let at = 0; at < Math.max(was.length, is.length) && changed.length < most; at++) {
    if (was[at] === is[at]) continue;
    changed.push({ line: head + at + 1, old: was[at] ?? null, new: is[at] ?? null });
  }
  return changed;
}

/** Puts another value in the place of a stretch of one line; lines count from 1, columns from 0. */
export function replaceAt(text: string, place: { line: number; from: number; to: number }, value: string): string {
  const lines = text.split("\n");
  const line = lines[place.line - 1];
  if (line === undefined) return text;
  lines[place.line - 1] = line.slice(0, place.from) + value + line.slice(place.to);
  return lines.join("\n");
}
