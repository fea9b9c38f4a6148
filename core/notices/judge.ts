import { instantInZone, offsetAt } from "@/core/shipments/zones";
import { factOf, type NoticeReason, type Occasion, overtaking, type Told } from "./occasions";
import type { NoticesSettings } from "./settings";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export type Verdict =
  | { act: "send" }
  | { act: "wait"; untilMs: number; reason: "quiet_hours" }
  | { act: "suppress"; reason: NoticeReason };

type Case = { told: Told; occasion: Occasion; occurredAtMs: number; nowMs: number };

/** Whether a customer is to be told now: by what holds of the shipment at this moment, not when it was planned. */
export function judge({ told, occasion, occurredAtMs, nowMs }: Case, settings: NoticesSettings): Verdict {
  const since = settings.occasions[occasion].sinceMs;
  if (!settings.enabled || since === null || occurredAtMs < since) return { act: "suppress", reason: "switched_off" };
  const past = overtaking(told, occasion);
  if (past) return { act: "suppress", reason: past };
  if (factOf(told, occasion) === null) return { act: "suppress", reason: "withdrawn" };
  if (nowMs - occurredAtMs > settings.maxAgeHours * HOUR_MS) return { act: "suppress", reason: "too_old" };
  const untilMs = quietUntil(nowMs, settings);
  return untilMs === null ? { act: "send" } : { act: "wait", untilMs, reason: "quiet_hours" };
}

/** When the quiet hours end in which an instant lies; null outside of them. From and to alike is never quiet. */
export function quietUntil(nowMs: number, { quiet, zone }: Pick<NoticesSettings, "quiet" | "zone">): number | null {
  if (!quiet.on || quiet.from === quiet.to) return null;
  const wallMs = nowMs + offsetAt(nowMs, zone) * MINUTE_MS;
  const wall = new Date(wallMs).toISOString().slice(11, 16);
  const overnight = quiet.from > quiet.to;
  const within = overnight ? wall >= quiet.from || wall < quiet.to : wall >= quiet.from && wall < quiet.to;
  if (!within) return null;
  const midnight = Math.floor(wallMs / DAY_MS) * DAY_MS;
  const [hours = 0, minutes = 0] = quiet.to.split(":").map(Number);
  const tomorrow = overnight && wall >= quiet.from ? DAY_MS : 0;
  const endMs = instantInZone(midnight + tomorrow + hours * HOUR_MS + minutes * MINUTE_MS, zone);
  // the hour that a change of clocks skips
  return endMs > nowMs ? endMs : nowMs + MINUTE_MS;
}
