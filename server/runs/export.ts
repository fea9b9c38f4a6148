import { csvRow } from "@/core/csv-row";
import type { RunItemFilter } from "@/core/runs/run";
import { findRun, streamRunItems } from "@/db/queries/runs";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

const HEAD = ["position", "target", "result", "reason", "before", "after", "at"];

/** Gives all items of a run as CSV, a batch at a time, and records that somebody took them. */
export async function exportRun(
  ctx: Context,
  actor: Actor,
  runId: string,
  filter: RunItemFilter,
): Promise<AsyncGenerator<string>> {
  requireRight(actor, "runs:read");
  if (!(await findRun(ctx.sql, runId))) throw new AppError("not_found", "There is no such run.");
  await recordAudit(ctx, ctx.sql, actor, { action: "runs.export", subject: `run:${runId}`, after: { ...filter } });
  const { sql } = ctx;
  return (async function* () {
    yield csvRow(HEAD);
    for await (const rows of streamRunItems(sql, { runId, filter }))
      yield rows
        .map((row) =>
          csvRow([
            row.position,
            row.target,
            row.result,
            row.reason,
            row.before === null ? null : JSON.stringify(row.before),
            row.after === null ? null : JSON.stringify(row.after),
            row.at,
          ]),
        )
        .join("");
  })();
}
