import { z } from "zod";

/**
 * How far the poll of one model has come. `at`: the newest write_date read. `seen`: what was read within the overlap before it, as
 * [id, write_date, when we first read it in ms, 1 once it was read again later]: write_date has whole seconds, so a record
 * written twice within one second shows the same pair, and only a second look tells.
 */
export const modelWatermark = z.object({
  at: z.iso.datetime({ precision: 0 }).nullable(),
  seen: z.array(z.tuple([z.int(), z.string(), z.number(), z.union([z.literal(0), z.literal(1)])])),
});

export const WATCHED_MODELS = ["sale.order", "stock.picking", "stock.move", "stock.move.line"] as const;
export type WatchedModel = (typeof WATCHED_MODELS)[number];

export const watermarks = z.record(z.enum(WATCHED_MODELS), modelWatermark);

export type ModelWatermark = z.infer<typeof modelWatermark>;
export type Watermarks = z.infer<typeof watermarks>;

/** The watermarks of a connection that was never polled: reads all that was written since, or everything when null. */
export function initialWatermarks(since: string | null): Watermarks {
  const start: ModelWatermark = { at: since, seen: [] };
  return { "sale.order": start, "stock.picking": start, "stock.move": start, "stock.move.line": start };
}

export type Stamp = { id: number; writtenAt: string };

/** Where to start reading: the watermark less the overlap, because a long transaction appears late with its start as write_date. */
export function readFrom(mark: ModelWatermark, overlapSeconds: number): string | null {
  if (mark.at === null) return null;
  return new Date(Date.parse(mark.at) - overlapSeconds * 1_000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A second look counts when it comes this much later than the first: longer than the second that write_date hides. */
const SECOND_LOOK_MS = 5_000;

/** Of the stamps a poll saw, those whose records have to be read: new pairs, and pairs looked at only once. */
export function toRead(mark: ModelWatermark, stamps: readonly Stamp[], nowMs: number): number[] {
  const seen = new Map(mark.seen.map((entry) => [`${entry[0]} ${entry[1]}`, entry]));
  return stamps.flatMap(({ id, writtenAt }) => {
    const entry = seen.get(`${id} ${writtenAt}`);
    if (!entry) return [id];
    return entry[3] === 0 && nowMs - entry[2] >= SECOND_LOOK_MS ? [id] : [];
  });
}

/** The watermark after a poll that read what `toRead` named. Never goes back; forgets what lies before the overlap. */
export function advance(
  mark: ModelWatermark,
  stamps: readonly Stamp[],
  overlapSeconds: number,
  nowMs: number,
): ModelWatermark {
  const newest = stamps.reduce((best, stamp) => (stamp.writtenAt > best ? stamp.writtenAt : best), mark.at ?? "");
  const at = newest === "" ? null : newest;
  const from = readFrom({ at, seen: [] }, overlapSeconds) ?? "";
  const known = new Map(mark.seen.map((entry) => [`${entry[0]} ${entry[1]}`, entry]));
  const seen: ModelWatermark["seen"] = [];
  for (const { id, writtenAt } of stamps) {
    if (writtenAt < from) continue;
    const entry = known.get(`${id} ${writtenAt}`);
    const again = entry !== undefined && (entry[3] === 1 || nowMs - entry[2] >= SECOND_LOOK_MS);
    seen.push([id, writtenAt, entry?.[2] ?? nowMs, again ? 1 : 0]);
  }
  return { at, seen };
}
