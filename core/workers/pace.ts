/** How much was done by an instant. */
export type Mark = { atMs: number; done: number };

const WINDOW_MS = 30_000;

/** Adds a mark, and forgets those that are older than the window; the last one before it stays as its begin. */
export function withMark(marks: readonly Mark[], mark: Mark): Mark[] {
  const from = marks.findLastIndex(({ atMs }) => atMs <= mark.atMs - WINDOW_MS);
  return [...marks.slice(Math.max(0, from)), mark];
}

/** How much a second over the marks; 0 where they tell nothing yet. */
export function paceOf(marks: readonly Mark[]): number {
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return 0;
  return ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
}

/** A backlog that is through within this is not worth telling. */
const WORTH_TELLING_SECONDS = 15;

/** Whether a backlog is worth telling: it takes a while at the present pace, or nothing moves though something waits for long. */
export function isBacklog(waiting: number, drainSeconds: number | null, oldestMs: number): boolean {
  if (waiting === 0) return false;
  return drainSeconds === null ? oldestMs > 60_000 : drainSeconds >= WORTH_TELLING_SECONDS;
}
