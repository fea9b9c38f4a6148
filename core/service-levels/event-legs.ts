/** Who had an event for how long, from when it happened until Odoo held it (domain.md, Service levels). */
export const EVENT_LEGS = ["source", "interpret", "plan", "wait", "odoo", "person"] as const;
export type EventLeg = (typeof EVENT_LEGS)[number];

export type CallSpan = {
  startedAtMs: number;
  durationMs: number | null;
  /** True where Odoo refused, or would not say: a person had to act before it went on. */
  stuck: boolean;
};

/** Moments of one event; null where they did not come (yet). */
export type EventMoments = {
  occurredAtMs: number | null;
  receivedAtMs: number;
  /** First reading of its message, and the reading that made the event what it is: between them a person mended the mapping. */
  firstReadAtMs: number | null;
  readAtMs: number | null;
  posting: { plannedAtMs: number; calls: readonly CallSpan[]; doneAtMs: number | null; waitsForPerson: boolean } | null;
};

export type LegSplit = {
  legs: { leg: EventLeg; ms: number }[];
  totalMs: number;
  startedAtMs: number;
  /** null while it is still on its way. */
  endedAtMs: number | null;
};

/**
 * Splits the time of an event by who had it. The legs are cut out of one line, so they add up to the total whatever the clocks say; a moment
 * that lies before the one before it counts as that one.
 */
export function splitLegs(moments: EventMoments, nowMs: number): LegSplit {
  const sums = new Map<EventLeg, number>();
  const { occurredAtMs, receivedAtMs, posting } = moments;
  const startedAtMs = Math.min(occurredAtMs ?? receivedAtMs, receivedAtMs);
  let at = startedAtMs;
  const until = (ms: number, leg: EventLeg) => {
    if (ms <= at) return;
    sums.set(leg, (sums.get(leg) ?? 0) + ms - at);
    at = ms;
  };
  until(receivedAtMs, "source");
  if (moments.firstReadAtMs === null) until(nowMs, "interpret");
  else {
    until(moments.firstReadAtMs, "interpret");
    if (moments.readAtMs !== null) until(moments.readAtMs, "person");
  }
  const onTheWay = moments.firstReadAtMs === null || (posting !== null && posting.doneAtMs === null);
  if (posting !== null) {
    until(posting.plannedAtMs, "plan");
    let waits: EventLeg = "wait";
    for (const call of posting.calls) {
      until(call.startedAtMs, waits);
      until(call.startedAtMs + (call.durationMs ?? 0), "odoo");
      waits = call.stuck ? "person" : "wait";
    }
    until(posting.doneAtMs ?? nowMs, posting.doneAtMs !== null ? "odoo" : posting.waitsForPerson ? "person" : waits);
  }
  return {
    legs: EVENT_LEGS.map((leg) => ({ leg, ms: sums.get(leg) ?? 0 })),
    totalMs: at - startedAtMs,
    startedAtMs,
    endedAtMs: onTheWay ? null : at,
  };
}
