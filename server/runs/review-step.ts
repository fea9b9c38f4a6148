import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { listStandings, type Standing } from "@/db/queries/review";
import type { Context } from "../context";
import { rejudge } from "../pipeline/sweep";
import { isDatabaseDown, type Worker } from "../pipeline/work";
import { comeHomeByRule } from "../shipments/come-home-by-rule";

type Item = { position: number; target: string };

/** Judges a chunk of shipments anew by the settings that hold now; one on which our code fails is set apart. Done twice, it does nothing. */
export async function reviewChunk(
  ctx: Context,
  worker: Worker,
  run: Pick<WorkingRun, "id">,
  items: readonly Item[],
): Promise<void> {
  const ids = items.map((item) => item.target);
  try {
    const before = await standings(ctx, ids);
    await rejudge(ctx, worker, ids);
    await comeHomeByRule(ctx, ids);
    const after = await standings(ctx, ids);
    const results = items.map((item) => resultOf(item, before.get(item.target), after.get(item.target)));
    await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    if (items.length > 1) {
      for (const item of items) await reviewChunk(ctx, worker, run, [item]);
      return;
    }
    const reason = error instanceof Error ? error.message.slice(0, 500) : "failed in our own code";
    const failed = items.map(({ position }) => ({
      position,
      result: "failed" as const,
      before: null,
      after: null,
      reason,
    }));
    await ctx.sql.begin((tx) => finishItems(tx, run.id, failed, ctx.now()));
  }
}

async function standings(ctx: Context, ids: readonly string[]): Promise<Map<string, Standing>> {
  return new Map((await listStandings(ctx.sql, ids)).map((standing) => [standing.id, standing]));
}

function resultOf({ position }: Item, was: Standing | undefined, is: Standing | undefined): ItemResult {
  if (!was || !is)
    return { position, result: "skipped", before: null, after: null, reason: "it is not there any more" };
  const [before, after] = [told(was), told(is)];
  const result = JSON.stringify(before) === JSON.stringify(after) ? "unchanged" : "changed";
  return { position, result, before, after, reason: null };
}

function told({ milestone, summary, open }: Standing) {
  return { milestone, summary, open };
}
