import type { AlertRules } from "./rules";

/** What is remembered about the alerts of one cause. */
export type AlertMemory = {
  /** How many of its exceptions were told, or cleared before anybody had to be told. */
  told: number;
  /** When the first untold one was seen; null while there is none. */
  pendingSinceMs: number | null;
  alertedAtMs: number | null;
  /** True from an alert until its recovery was told. */
  standing: boolean;
};

export type WatchedGroup = {
  groupId: string;
  opened: number;
  open: number;
  /** True while all that is open in it is out of sight: nobody is told, neither of news nor of a recovery. */
  quiet?: boolean;
  memory: AlertMemory;
};

export type GroupAlert = { kind: "opened"; fresh: number } | { kind: "recovered"; afterMs: number };

export type GroupStep = { groupId: string; alert: GroupAlert | null; memory: AlertMemory };

/**
 * Decides for each cause whether people are told now: the first alert after the gathering time, further ones not before the throttle has
 * passed and then with the number of all that came meanwhile, a recovery when none is left. What cleared before its alert is never told.
 * Returns only causes whose memory changes.
 */
export function watchGroups(groups: readonly WatchedGroup[], rules: AlertRules, nowMs: number): GroupStep[] {
  return groups.flatMap((group) => {
    const step = stepOf(group, rules, nowMs);
    return step ? [{ groupId: group.groupId, ...step }] : [];
  });
}

function stepOf(
  { opened, open, quiet, memory }: WatchedGroup,
  rules: AlertRules,
  nowMs: number,
): Omit<GroupStep, "groupId"> | null {
  if (quiet) {
    if (memory.told === opened && memory.pendingSinceMs === null) return null;
    return { alert: null, memory: { ...memory, told: opened, pendingSinceMs: null } };
  }
  if (open <= 0) {
    if (memory.standing) {
      const afterMs = nowMs - (memory.alertedAtMs ?? nowMs);
      return {
        alert: { kind: "recovered", afterMs },
        memory: { ...memory, told: opened, pendingSinceMs: null, standing: false },
      };
    }
    if (memory.told === opened && memory.pendingSinceMs === null) return null;
    return { alert: null, memory: { ...memory, told: opened, pendingSinceMs: null } };
  }
  const fresh = opened - memory.told;
  if (fresh <= 0) return null;
  if (memory.pendingSinceMs === null) return { alert: null, memory: { ...memory, pendingSinceMs: nowMs } };
  const quietUntil = memory.alertedAtMs === null ? 0 : memory.alertedAtMs + rules.throttleMinutes * 60_000;
  if (nowMs < Math.max(memory.pendingSinceMs + rules.collectSeconds * 1000, quietUntil)) return null;
  return {
    alert: { kind: "opened", fresh },
    memory: { told: opened, pendingSinceMs: null, alertedAtMs: nowMs, standing: true },
  };
}
