import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import type { RunState } from "@/core/runs/run";
import { type Wait, waitIn } from "./patience";

/**
 * How far the comparison of a whole day is. part: some of it could not be read. never: no run over the whole day; what is shown of it was
 * compared as it changed.
 */
export const STANDINGS = ["compared", "part", "running", "paused", "waiting", "failed", "cancelled", "never"] as const;
export type StandingState = (typeof STANDINGS)[number];

export type Standing = { state: StandingState; runId: string | null; why: string | null; wait: Wait | null };
export const NEVER: Standing = { state: "never", runId: null, why: null, wait: null };

export type RunOfDay = {
  id: string;
  day: string;
  state: RunState;
  failed: number;
  error: string | null;
  summary: unknown;
};

/** How days stand by the runs over them, which come newest first; a day that was compared once stays so, whatever was tried after. */
export function standingsOf(runs: readonly RunOfDay[]): Map<string, Standing> {
  return new Map([...Map.groupBy(runs, ({ day }) => day)].map(([day, some]) => [day, standingOf(some)]));
}

function standingOf(runs: readonly RunOfDay[]): Standing {
  const moving = runs.find(({ state }) => state === "running" || state === "waiting" || state === "paused");
  if (moving) {
    const wait = moving.state === "running" ? waitIn(moving.summary) : null;
    const state = wait ? "waiting" : moving.state === "paused" ? "paused" : "running";
    return { state, runId: moving.id, why: wait?.why ?? null, wait };
  }
  const done = runs.find(({ state, failed }) => state === "done" && failed === 0);
  if (done) return { state: "compared", runId: done.id, why: null, wait: null };
  const [newest] = runs;
  if (!newest) return NEVER;
  const base = { runId: newest.id, wait: null };
  if (newest.state === "done")
    return { ...base, state: "part", why: `${newest.failed} of its items could not be read` };
  if (newest.state === "cancelled") return { ...base, state: "cancelled", why: "Its run was cancelled" };
  return { ...base, state: "failed", why: (newest.error ?? "Its run broke off").replace(/\.$/, "") };
}

/** An Odoo that is down for its backup is no news; from so long on somebody is told. */
const TOLD_AFTER_MS = 30 * 60_000;

/** What is to be told of days that are over: they wait for long, broke, or are not whole. One that a person cancelled is that person's decision. */
export function missedFindings(standings: ReadonlyMap<string, Standing>, nowMs: number): Finding[] {
  return [...standings].flatMap(([day, { state, runId, why, wait }]) => {
    const tells = state === "part" || state === "failed" || (wait !== null && nowMs - wait.sinceMs >= TOLD_AFTER_MS);
    if (!tells) return [];
    return {
      kind: "day_not_reconciled" as const,
      subject: `day:${day}`,
      severity: EXCEPTION_SPECS.day_not_reconciled.severity,
      occurrence: `${runId}`,
      cause: { source: "workflow:historical_reconciliation", what: why ?? state },
      text:
        wait === null
          ? `${day} is not reconciled: ${why}`
          : `${day} is not reconciled yet and goes on by itself. ${why}.`,
      evidence: {
        day,
        run: runId,
        why,
        since: wait === null ? null : new Date(wait.sinceMs).toISOString(),
      },
      feedId: null,
      messageId: null,
    };
  });
}
