import type { BatchWorkflow } from "@/core/batches/turn";
import type { BatchState } from "@/core/batches/words";
import type { PostingTiming } from "@/core/postings/timing";
import type { RunRow } from "@/db/queries/runs";

/** One run of a batch workflow, whoever keeps its record. */
export type BatchRun = {
  id: string;
  /** When it began; of a window of settlement, when that ends. */
  at: Date;
  endedAt: Date | null;
  state: BatchState;
  words: string;
  /** Who started it; null: its schedule. */
  by: string | null;
  href: string;
};

export type BatchStanding = {
  workflow: BatchWorkflow;
  /** "batch, daily at 02:00 (UTC)", "continuous". */
  words: string;
  /** The schedule where it is one timing; null where its parts differ, or where it has a time of day. */
  timing: PostingTiming | null;
  nextAt: Date | null;
  lastAt: Date | null;
  /** The run under way. */
  open: string | null;
  /** Why it cannot be run now. */
  refusal: string | null;
  runs: BatchRun[];
};

export const RUNS_SHOWN = 10;

/** A run of the list of runs as one of a batch workflow. */
export function batchRun(run: RunRow, words: string): BatchRun {
  return {
    id: run.id,
    at: run.startedAt ?? run.createdAt,
    endedAt: run.endedAt,
    state: run.state,
    words,
    by: run.by,
    href: `/runs/${run.id}`,
  };
}

/** The run among these that has not ended. */
export function openOf(runs: readonly RunRow[]): string | null {
  return runs.find(({ state }) => state === "waiting" || state === "running" || state === "paused")?.id ?? null;
}

/** When the newest of these that was done ended. */
export function lastDone(runs: readonly RunRow[]): Date | null {
  return runs.find(({ state }) => state === "done")?.endedAt ?? null;
}
