/** Stages of a message's way through Waypost, in their order. */
export const TRACE_STAGES = ["transformation", "routing", "enrichment", "retries", "monitoring"] as const;
export type TraceStage = (typeof TRACE_STAGES)[number];

export type TracedPosting = {
  plannedAtMs: number;
  /** Calls that were made for it, each with its time; all but the first are retries. */
  calls: readonly { startedAtMs: number; durationMs: number | null }[];
  /** When Odoo took it. */
  postedAtMs: number | null;
  /** When reading Odoo back showed that it holds. */
  verifiedAtMs: number | null;
  /** Nothing more comes of it: cancelled, superseded or given up. */
  isOver: boolean;
};

export type TraceMoments = {
  receivedAtMs: number;
  /** The reading that counts, with the work it took; null while the message waits. */
  reading: { atMs: number; transformUs: number | null; routeUs: number | null; enrichUs: number | null } | null;
  postings: readonly TracedPosting[];
  /** Exceptions that it opened. */
  exceptions: readonly { openedAtMs: number; resolvedAtMs: number | null }[];
};

export type TraceStep = {
  stage: TraceStage;
  /** `none`: the message asked for nothing of the kind. */
  state: "done" | "under_way" | "waiting" | "none";
  startedAtMs: number | null;
  /** Until now while it is under way; null where it was not measured. */
  durationMs: number | null;
};

export type Trace = { steps: TraceStep[]; retries: number; waitedMs: number; totalMs: number };

/**
 * The five stages of a message with when each began and how long it took. Reading, routing and enriching are one transaction: their work is measured, and the
 * wait before it stands apart. Posting lasts from the plan to Odoo's yes, watching from there to the read-back.
 */
export function traceOf(moments: TraceMoments, nowMs: number): Trace {
  const { receivedAtMs, reading, postings } = moments;
  const steps = [...workOf(reading, receivedAtMs), retriesOf(reading, postings, nowMs), monitoringOf(moments, nowMs)];
  const ends = steps.flatMap(({ startedAtMs, durationMs }) =>
    startedAtMs === null ? [] : [startedAtMs + (durationMs ?? 0)],
  );
  return {
    steps,
    retries: postings.reduce((sum, { calls }) => sum + Math.max(0, calls.length - 1), 0),
    waitedMs: Math.max(0, (reading?.atMs ?? nowMs) - receivedAtMs),
    totalMs: Math.max(receivedAtMs, ...ends) - receivedAtMs,
  };
}

function workOf(reading: TraceMoments["reading"], receivedAtMs: number): TraceStep[] {
  if (reading === null) {
    const waiting = { state: "waiting" as const, startedAtMs: null, durationMs: null };
    return (["transformation", "routing", "enrichment"] as const).map((stage) => ({ stage, ...waiting }));
  }
  let at = Math.max(reading.atMs, receivedAtMs);
  const worked = (stage: TraceStage, us: number | null): TraceStep => {
    const step: TraceStep = { stage, state: "done", startedAtMs: at, durationMs: us === null ? null : us / 1000 };
    at += (us ?? 0) / 1000;
    return step;
  };
  return [
    worked("transformation", reading.transformUs),
    worked("routing", reading.routeUs),
    worked("enrichment", reading.enrichUs),
  ];
}

function retriesOf(reading: TraceMoments["reading"], postings: readonly TracedPosting[], nowMs: number): TraceStep {
  const base = { stage: "retries" as const, startedAtMs: null, durationMs: null };
  if (postings.length === 0) return { ...base, state: reading === null ? "waiting" : "none" };
  const startedAtMs = Math.min(...postings.map(({ plannedAtMs }) => plannedAtMs));
  const isOpen = postings.some(({ postedAtMs, isOver }) => postedAtMs === null && !isOver);
  return { ...base, state: isOpen ? "under_way" : "done", ...span(startedAtMs, isOpen ? nowMs : lastEnd(postings)) };
}

/** When the last of them was taken by Odoo; of those that never were, when the last call ended. */
function lastEnd(postings: readonly TracedPosting[]): number {
  return Math.max(
    ...postings.map(({ plannedAtMs, postedAtMs, calls }) => {
      const ends = calls.map(({ startedAtMs, durationMs }) => startedAtMs + (durationMs ?? 0));
      return postedAtMs ?? Math.max(plannedAtMs, ...ends);
    }),
  );
}

function monitoringOf({ reading, postings, exceptions }: TraceMoments, nowMs: number): TraceStep {
  const base = { stage: "monitoring" as const, startedAtMs: null, durationMs: null };
  const watched = [
    ...postings.flatMap(({ postedAtMs, verifiedAtMs }) =>
      postedAtMs === null ? [] : [{ from: postedAtMs, to: verifiedAtMs }],
    ),
    ...exceptions.map(({ openedAtMs, resolvedAtMs }) => ({ from: openedAtMs, to: resolvedAtMs })),
  ];
  if (watched.length === 0)
    return { ...base, state: reading === null || postings.some(({ isOver }) => !isOver) ? "waiting" : "none" };
  const startedAtMs = Math.min(...watched.map(({ from }) => from));
  const isOpen = watched.some(({ to }) => to === null);
  const end = isOpen ? nowMs : Math.max(...watched.map(({ to }) => to ?? nowMs));
  return { ...base, state: isOpen ? "under_way" : "done", ...span(startedAtMs, end) };
}

function span(startedAtMs: number, endMs: number): Pick<TraceStep, "startedAtMs" | "durationMs"> {
  return { startedAtMs, durationMs: Math.max(0, endMs - startedAtMs) };
}
