import type { RunState } from "@/core/runs/run";

/** How a run of a batch workflow ended or stands; late: done, but not all of it in its window. */
export type BatchState = RunState | "late";

const count = (n: number) => n.toLocaleString("en");

/** What became of a run that walked so many items. */
export function runInWords(
  run: { processed: number; total: number; changed: number; failed: number; error: string | null; left?: boolean },
  done: string,
  found: string | null,
): string {
  const parts = [
    run.processed < run.total
      ? `${count(run.processed)} of ${count(run.total)} ${done}`
      : `${count(run.processed)} ${done}`,
  ];
  if (found !== null) parts.push(`${count(run.changed)} ${found}`);
  if (run.failed > 0) parts.push(`${count(run.failed)} failed`);
  if (run.left) parts.push("its window closed, the rest goes with the next");
  if (run.error) parts.push(run.error);
  return parts.join(", ");
}

export type WindowCounts = { count: number; made: number; late: number; failed: number; waiting: number };

/** What became of the postings that were promised for a window. */
export function windowInWords(row: WindowCounts): { state: BatchState; words: string } {
  const parts = [`${count(row.made)} of ${count(row.count)} in Odoo in time`];
  if (row.late > 0) parts.push(`${count(row.late)} late`);
  if (row.failed > 0) parts.push(`${count(row.failed)} failed`);
  if (row.waiting > 0) parts.push(`${count(row.waiting)} still to go`);
  const state = row.failed > 0 ? "failed" : row.late > 0 ? "late" : row.waiting > 0 ? "running" : "done";
  return { state, words: parts.join(", ") };
}
