import type { z } from "zod";
import { findRun } from "@/db/queries/runs";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { replayInput, startReplay } from "../messages/replay";
import { applyShadow } from "../messages/shadow";
import { repostInput, startRepost } from "../postings/repost";
import { startRepair } from "../reconciliation/repair";

/** Does for real what a dry run looked at: the same scope and mapping, and its pace where no other is given. Throws `precondition` for a run that was no finished dry run. */
export async function repeatRun(
  ctx: Context,
  actor: Actor,
  input: { id: string; perSecond?: number | null },
): Promise<{ id: string; total: number }> {
  requireRight(actor, "runs:read");
  const run = await findRun(ctx.sql, input.id);
  if (!run) throw new AppError("not_found", "There is no such run.");
  if (!run.dryRun || run.state !== "done")
    throw new AppError("precondition", "Only a finished dry run is done for real.");
  const { scope, mapping } = run;
  const perSecond = input.perSecond === undefined ? run.perSecond : input.perSecond;
  if (run.kind === "replay")
    return startReplay(
      ctx,
      actor,
      parsed(replayInput, { scope, mapping: mapping ?? "current", dryRun: false, perSecond }),
    );
  if (run.kind === "repost") return startRepost(ctx, actor, parsed(repostInput, { scope, dryRun: false, perSecond }));
  if (run.kind === "shadow") return applyShadow(ctx, actor, { id: run.id, perSecond });
  if (run.kind === "repair") return startRepair(ctx, actor, { of: run.id, dryRun: false });
  throw new AppError("precondition", "This kind of run has no dry run.");
}

function parsed<S extends z.ZodType>(schema: S, raw: unknown): z.infer<S> {
  const result = schema.safeParse(raw);
  if (!result.success)
    throw new AppError("precondition", "The scope of this run cannot be read any more; start it anew.");
  return result.data;
}
