/** Windows a chart can show, each cut into steps of one hour or day (UTC). */
export const RANGES = ["24h", "7d", "30d"] as const;
export type Range = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;

export const RANGE_STEPS: Readonly<Record<Range, { steps: number; step: "hour" | "day"; stepMs: number }>> = {
  "24h": { steps: 24, step: "hour", stepMs: HOUR_MS },
  "7d": { steps: 168, step: "hour", stepMs: HOUR_MS },
  "30d": { steps: 30, step: "day", stepMs: 24 * HOUR_MS },
};

/** First instant (ms) of a range that ends with the step of `nowMs`, on a whole hour or day of UTC. */
export function rangeStartMs(range: Range, nowMs: number): number {
  const { steps, stepMs } = RANGE_STEPS[range];
  return Math.floor(nowMs / stepMs) * stepMs - (steps - 1) * stepMs;
}
