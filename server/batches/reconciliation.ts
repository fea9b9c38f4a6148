import { dailyInWords, nextDailyMs } from "@/core/batches/turn";
import { runInWords } from "@/core/batches/words";
import { dayOf, dayPlus, dayToClose } from "@/core/reconciliation/settings";
import { workingConnections } from "@/db/queries/odoo-work";
import { listProgress } from "@/db/queries/reconcile-scope";
import { listRunsOf } from "@/db/queries/runs";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { type BatchStanding, batchRun, lastDone, openOf, RUNS_SHOWN } from "./standing";

export type ReconciliationStanding = BatchStanding & {
  /** The day that "run now" compares: the last that ended. */
  day: string;
  /** Whether what changes is compared all day as well, and up to which change it was. */
  continuous: boolean;
  comparedTo: Date | null;
};

/** Historical reconciliation: the day that ended, compared each night at a time of day. */
export async function standingOfReconciliation(ctx: Pick<Context, "sql" | "now">): Promise<ReconciliationStanding> {
  const [{ reconciliation }, connections, progress, runs] = await Promise.all([
    readSettings(ctx),
    workingConnections(ctx.sql),
    listProgress(ctx.sql),
    listRunsOf(ctx.sql, "whole_day", RUNS_SHOWN),
  ]);
  const nowMs = ctx.now().getTime();
  const open = openOf(runs);
  const closed = connections.map(({ id }) => progress.find((one) => one.connectionId === id)?.lastDay ?? null);
  const earliest = closed.includes(null) ? null : (closed.toSorted()[0] ?? null);
  const due = earliest !== null && open === null && dayToClose(nowMs, reconciliation, earliest) !== null;
  const nextMs = due ? nowMs : nextDailyMs(reconciliation, nowMs);
  const micros = progress.flatMap(({ seenTo }) => (seenTo === null ? [] : [Number(seenTo)]));
  return {
    workflow: "historical_reconciliation",
    words: reconciliation.nightly ? dailyInWords(reconciliation) : "by hand alone",
    timing: null,
    nextAt: reconciliation.nightly && connections.length > 0 ? new Date(nextMs) : null,
    lastAt: lastDone(runs),
    open,
    refusal: connections.length === 0 ? "Connect an Odoo first; there is nothing to compare with." : null,
    runs: runs.map((run) => batchRun(run, `${dayWords(run.scope)}${runInWords(run, "compared", "differ")}`)),
    day: dayPlus(dayOf(nowMs, reconciliation.zone), -1),
    continuous: reconciliation.continuous,
    comparedTo: micros.length === 0 ? null : new Date(Math.max(...micros) / 1000),
  };
}

function dayWords(scope: unknown): string {
  const day = typeof scope === "object" && scope !== null && "day" in scope ? scope.day : null;
  return typeof day === "string" ? `the ${day}: ` : "";
}
