import { boundWindow, FAILED_STATES, type FailedWindow } from "@/core/postings/recover";
import { COUNT_LIMIT, countFailed, type FailedCount } from "@/db/queries/postings";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { startRepost } from "./repost";

/** What failed in a window and stands so still, by kind and state; `capped` where there is more than is counted. */
export async function readFailed(
  ctx: Pick<Context, "sql" | "now">,
  actor: Actor,
  window: FailedWindow,
): Promise<{ count: number; capped: boolean; parts: FailedCount[] }> {
  requireRight(actor, "postings:read");
  const parts = await countFailed(ctx.sql, { ...window, ...bounded(ctx, window) }, FAILED_STATES);
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { count: Math.min(count, COUNT_LIMIT), capped: count > COUNT_LIMIT, parts };
}

/** Starts a run that posts all again that failed in a window, each once. Throws `invalid` for a window that is none. */
export async function recoverFailed(
  ctx: Context,
  actor: Actor,
  input: { window: FailedWindow; dryRun: boolean; perSecond?: number | null },
): Promise<{ id: string; total: number }> {
  requireRight(actor, "postings:repost");
  const { kinds, connections } = input.window;
  return startRepost(ctx, actor, {
    scope: {
      states: [...FAILED_STATES],
      ...(kinds.length > 0 ? { kinds } : {}),
      ...(connections.length > 0 ? { connections } : {}),
      ...bounded(ctx, input.window),
    },
    dryRun: input.dryRun,
    perSecond: input.perSecond,
  });
}

function bounded(ctx: Pick<Context, "now">, window: FailedWindow): { since: Date; until: Date } {
  const bound = boundWindow(window, ctx.now());
  if ("wrong" in bound) throw new AppError("invalid", bound.wrong, { field: "since" });
  return bound;
}
