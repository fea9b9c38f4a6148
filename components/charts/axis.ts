import { formatDuration } from "@/components/ui/number";

export const AXIS = { fontSize: 12, fill: "var(--ink-3)" } as const;

/** Tick of a time axis in a zone: "14:00" for hours, "11-03" for days. */
export function timeTick(atMs: number, zone: string, step: "hour" | "day", days: boolean): string {
  const options: Intl.DateTimeFormatOptions =
    step === "day" || days
      ? { timeZone: step === "day" ? "UTC" : zone, month: "2-digit", day: "2-digit" }
      : { timeZone: zone, hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("sv-SE", options).format(atMs);
}

/** Tick of a latency axis: powers of ten and their halves read as durations. */
export function durationTick(ms: number): string {
  return formatDuration(ms);
}

/** Round instants between two bounds for a logarithmic axis: 1, 10, 30 s, 1, 5, 30 min, ... */
export function durationTicks(minMs: number, maxMs: number): number[] {
  const round = [
    1, 10, 100, 1000, 3000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000,
  ];
  const inside = round.filter((ms) => ms >= minMs && ms <= maxMs);
  return inside.length > 6 ? inside.filter((_, i) => i % 2 === inside.length % 2) : inside;
}
